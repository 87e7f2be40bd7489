import type { PanelMemory, PanelRequest, PanelUpdate } from '../panel/panelMessages';
import { decodePanelMemory } from '../panel/panelMemory';
import { createFormats } from './format';
import { PanelView } from './panelView';

declare function acquireVsCodeApi(): {
  postMessage(request: PanelRequest): void;
  getState(): unknown;
  setState(memory: PanelMemory): void;
};

const host = acquireVsCodeApi();
const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element #app');

const view = new PanelView(
  root,
  createFormats(document.documentElement.lang || navigator.language),
  decodePanelMemory(host.getState()),
  {
    post: (request) => host.postMessage(request),
    remember: (memory) => host.setState(memory),
  },
);
window.addEventListener('message', (event: MessageEvent<PanelUpdate>) => view.receive(event.data));
host.postMessage({ kind: 'ready' });
