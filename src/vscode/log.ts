import { window, type Disposable, type LogOutputChannel } from 'vscode';
import type { Logger } from '../base/logger';

/** The output channel "RipTide", made when the first line is written or the user asks to see it. */
export class Log implements Logger, Disposable {
  private channel: LogOutputChannel | null = null;

  debug(message: string): void {
    this.open().debug(message);
  }

  info(message: string): void {
    this.open().info(message);
  }

  warn(message: string): void {
    this.open().warn(message);
  }

  error(message: string): void {
    this.open().error(message);
  }

  show(): void {
    this.open().show();
  }

  dispose(): void {
    this.channel?.dispose();
  }

  private open(): LogOutputChannel {
    this.channel ??= window.createOutputChannel('RipTide', { log: true });
    return this.channel;
  }
}
