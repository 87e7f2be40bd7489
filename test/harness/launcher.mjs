#!/usr/bin/env node
// Stands in for the desktop editor's executable where there is none: see launcher.ts.
import 'tsx';

await import('./launcher.ts');
