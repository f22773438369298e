// Elsa Studio's custom elements: starting Blazor, and one element alive at a time.
import { apiAddress } from './requests.js';
import { applyTheme } from './theme.js';

const heapBytesMax = 400 * 1024 * 1024;
const editorsMax = 50;
let editors = 0;
let alive = null;

// Elsa Studio would define this itself, by an inline script at every mount, and leak one key handler each time: after a few
// editors one Ctrl+S arrives at components that are gone. Ours knows the latest one only.
let hotKeys = null;
Object.defineProperty(window, 'editorHotkeys', {
  value: Object.freeze({ register: reference => { hotKeys = reference; }, dispose: () => { hotKeys = null; } }),
});
addEventListener('keydown', event => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || alive?.tag !== 'elsa-workflow-definition-editor') return;
  event.preventDefault();
  hotKeys?.invokeMethodAsync(event.shiftKey ? 'OnHotKeysCtrlShiftS' : 'OnHotKeysCtrlS');
});

/** Saves what is open in the editor, as Ctrl+S does. */
export function saveNow() {
  return hotKeys?.invokeMethodAsync('OnHotKeysCtrlS');
}

let started;
let running = false;
/** Loads and starts Elsa Studio once; the page's load bar follows --blazor-load-percentage. */
export function startElsa() {
  return started ??= (async () => {
    // Until now its styles came behind what our own pages need.
    for (const style of document.querySelectorAll('link[data-elsa]')) style.media = 'all';
    await script('_content/MudBlazor/MudBlazor.min.js');
    await script('_content/CodeBeam.MudBlazor.Extensions/MudExtensions.min.js');
    await script('_content/Radzen.Blazor/Radzen.Blazor.js');
    await script('_framework/blazor.webassembly.js', { autostart: 'false' });
    const address = location.href;
    await window.Blazor.start();
    running = true;
    // Blazor has read the address at some moment of its start; since then one may have gone elsewhere.
    if (location.href !== address) goTo(location.href, true);
  })();
}

/** Changes the address. Once Blazor runs it must be told, or its lists rewrite the address bar to where they believe to be. */
export function goTo(address, replace) {
  if (running) window.Blazor.navigateTo(address, { replaceHistoryEntry: replace });
  else history[replace ? 'replaceState' : 'pushState'](null, '', address);
}

let monacoLoaded;
/** The code editor; the workflow editor falls over without it, lists do not need it. */
export function loadMonaco() {
  return monacoLoaded ??= (async () => {
    await script('_content/BlazorMonaco/jsInterop.js');
    await script('_content/BlazorMonaco/lib/monaco-editor/min/vs/loader.js');
    await script('_content/BlazorMonaco/lib/monaco-editor/min/vs/editor/editor.main.js');
    // The file has arrived before its modules have run; an editor mounted in between falls over.
    while (!window.monaco?.editor) await new Promise(resolve => setTimeout(resolve, 10));
    // Elsa Studio gives every code editor the light theme.
    window.monaco.editor.onDidCreateEditor(() => setTimeout(applyTheme));
    applyTheme();
  })();
}

function script(source, attributes = {}) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.src = source;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${source} could not be loaded`));
    document.head.append(element);
  });
}

/**
 * Puts an element into the container and answers a function that takes it away again. Attributes, callbacks and the
 * insertion happen in one go: Blazor starts the component in a microtask after its construction.
 */
export async function mountElsa(container, tag, { attributes = {}, callbacks = {}, signal }) {
  const withMonaco = tag === 'elsa-workflow-definition-editor' || tag === 'elsa-workflow-instance-viewer';
  await Promise.all([startElsa(), withMonaco && loadMonaco()]);
  await customElements.whenDefined(tag);
  await disposeAlive();
  if (signal.aborted) return;

  const element = document.createElement(tag);
  element.setAttribute('remote-endpoint', apiAddress);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  Object.assign(element, callbacks);
  container.append(element);
  alive = { tag, element };
  if (tag === 'elsa-workflow-definition-editor') editors++;
  await firstContent(element, signal);
}

/**
 * Ends the living element. Blazor does that a second after the removal, and until then a second element fails with
 * "already a subscriber"; so we do its work ourselves and at once.
 */
export async function disposeAlive() {
  if (!alive) return;
  const { element } = alive;
  alive = null;
  hotKeys = null;
  const component = await element._addRootComponentPromise;
  element.remove();
  clearTimeout(element._disposalTimeoutHandle);
  element._isDisposed = true;
  await component.dispose();
}

/** Every editor leaves some megabytes behind; a fresh page is due when there are many and nothing is unsaved. */
export function isWornOut() {
  const heap = window.getDotnetRuntime?.(0)?.localHeapViewU8?.().byteLength ?? 0;
  return editors > editorsMax || heap > heapBytesMax;
}

function firstContent(element, signal) {
  return new Promise(resolve => {
    const done = () => { observer.disconnect(); resolve(); };
    const observer = new MutationObserver(() => { if (element.firstElementChild) done(); });
    observer.observe(element, { childList: true });
    signal.addEventListener('abort', done);
    if (element.firstElementChild) done();
  });
}
