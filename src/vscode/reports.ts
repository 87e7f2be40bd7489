import { l10n, Uri, window, workspace, type Disposable, type TextDocumentContentProvider } from 'vscode';
import { reportScheme } from './contributions';

/** Read-only Markdown documents about the crawler itself, which live as long as the window. */
export class Reports implements TextDocumentContentProvider, Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = workspace.registerTextDocumentContentProvider(reportScheme, this);

  /** @param name of the document, without its ending. */
  async show(name: string, text: string): Promise<void> {
    // A document is read once, so that each report has an address of its own.
    const uri = Uri.from({ scheme: reportScheme, path: `/${this.texts.size + 1}/${name}.md` });
    this.texts.set(uri.path, text);
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.path) ?? l10n.t('This report is gone: it lived as long as its window.');
  }

  dispose(): void {
    this.registration.dispose();
  }
}
