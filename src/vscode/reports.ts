import { l10n, Uri, window, workspace, type Disposable, type TextDocumentContentProvider } from 'vscode';
import { reportScheme } from './contributions';

/** Read-only Markdown documents about the crawler itself, which live as long as their tabs. */
export class Reports implements TextDocumentContentProvider, Disposable {
  private readonly texts = new Map<string, string>();
  private shownCount = 0;
  private readonly disposables = [
    workspace.registerTextDocumentContentProvider(reportScheme, this),
    workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === reportScheme) this.texts.delete(uri.path);
    }),
  ];

  /** @param name of the document, without its ending. */
  async show(name: string, text: string): Promise<void> {
    // A document is read once, so that each report has an address of its own.
    this.shownCount += 1;
    const uri = Uri.from({ scheme: reportScheme, path: `/${this.shownCount}/${name}.md` });
    this.texts.set(uri.path, text);
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.path) ?? l10n.t('This report is gone: it lived as long as its tab.');
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }
}
