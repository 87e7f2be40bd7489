import { l10n, window, type SecretStorage } from 'vscode';

/** Secrets that request headers are made of, by the names that settings call them. */
export class RequestSecrets {
  private readonly secrets: SecretStorage;

  constructor(secrets: SecretStorage) {
    this.secrets = secrets;
  }

  async read(name: string): Promise<string | undefined> {
    return this.secrets.get(secretKey(name));
  }

  /** Asks for a name and its secret. Returns whether anything was changed. */
  async set(): Promise<boolean> {
    const title = l10n.t('RipTide: Request Secret');
    const name = await window.showInputBox({
      title,
      prompt: l10n.t('The name by which the setting riptide.engine.headers calls it'),
      placeHolder: 'EXAMPLE_LOGIN',
      ignoreFocusOut: true,
      validateInput: (value) =>
        /^[\w.-]{1,100}$/.test(value.trim())
          ? undefined
          : l10n.t('Letters, digits, dots, dashes and underscores'),
    });
    if (name === undefined) return false;
    const secret = await window.showInputBox({
      title,
      prompt: l10n.t('The secret for {0}. Leave empty to remove it.', name.trim()),
      password: true,
      ignoreFocusOut: true,
    });
    if (secret === undefined) return false;
    const key = secretKey(name.trim());
    if (secret.trim() === '') await this.secrets.delete(key);
    else await this.secrets.store(key, secret.trim());
    return true;
  }
}

function secretKey(name: string): string {
  return `requestSecret:${name}`;
}
