import type { SecretStorage } from 'vscode';

/** API keys in the editor's secret storage, one for each server, so that no server ever gets another's key. */
export class ApiKeys {
  private readonly secrets: SecretStorage;

  constructor(secrets: SecretStorage) {
    this.secrets = secrets;
  }

  async read(address: string): Promise<string | undefined> {
    return this.secrets.get(secretName(address));
  }

  async store(address: string, key: string): Promise<void> {
    await this.secrets.store(secretName(address), key);
  }

  async delete(address: string): Promise<void> {
    await this.secrets.delete(secretName(address));
  }
}

/** By origin: another port or scheme is another server. */
function secretName(address: string): string {
  const url = URL.parse(address);
  return `apiKey:${url ? `${url.protocol.replace(/^ws/, 'http')}//${url.host}` : address}`;
}
