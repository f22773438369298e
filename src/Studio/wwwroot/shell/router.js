// Which page an address belongs to, and going there.
//
// Elsa Studio's lists rewrite the query all the time (paging, filters), so only a change of the path is a change of the
// page. And Elsa Studio itself pushes addresses; that is why history is wrapped.
import { goTo } from './elsa.js';
import { findPage } from './pages.js';

const base = new URL(document.baseURI);
let shownPath = null;
let shownAddress = null;
let show = async () => {};
let queue = Promise.resolve();
let latest = 0;
let mayLeave = async () => true;

/** The address of a path relative to the base, for links and for navigate. */
export const addressOf = path => new URL(path, base).href;

export function startRouter(onShow, onLeave) {
  show = onShow;
  mayLeave = onLeave;
  for (const name of ['pushState', 'replaceState']) {
    const original = history[name];
    history[name] = function (...values) {
      original.apply(this, values);
      queueMicrotask(changed);
    };
  }
  addEventListener('popstate', movedInHistory);
  document.addEventListener('click', followLink, true);
  changed();
}

/** Goes to a path relative to the base. A second visit of the same page (another query) builds it anew. */
export async function navigate(path, { replace = false } = {}) {
  const target = new URL(path, base);
  if (pathOf(target) === shownPath && target.search !== location.search) shownPath = null;
  if (pathOf(target) !== pathOf(location) && !replace && !await mayLeave()) return;
  goTo(target.href, replace);
}

/** Builds the page that is open anew. */
export function reopen() {
  shownPath = null;
  changed();
}

// The browser has gone back already; a person who would rather stay is brought to the page's address again.
async function movedInHistory() {
  if (pathOf(location) !== shownPath && !await mayLeave()) goTo(shownAddress, false);
  else changed();
}

function changed() {
  const path = pathOf(location);
  if (path === null || path === shownPath) return;
  const match = findPage(path);
  if (match?.alias) {
    goTo(addressOf(fill(match.page.path, match.params)) + location.search, true);
    return;
  }
  shownPath = path;
  shownAddress = location.href;
  const turn = ++latest;
  const page = match ?? { page: null, params: {} };
  // One after the other: only one of Elsa Studio's elements may be alive. A page that was overtaken is not built at all.
  queue = queue.then(() => turn === latest ? show({ ...page, query: new URLSearchParams(location.search) }) : undefined);
}

const fill = (path, params) => path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(params[name]));
const pathOf = url => url.pathname.startsWith(base.pathname) ? url.pathname.slice(base.pathname.length) : null;

// Links stay inside the page. Two links of Elsa Studio lead to the root of the host; they are meant for its own routes.
function followLink(event) {
  const link = event.target.closest?.('a[href]');
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target && link.target !== '_self' || link.hasAttribute('download')) return;
  const target = new URL(link.href);
  if (target.origin !== base.origin) return;
  const inside = pathOf(target) ?? insideFromRoot(target.pathname);
  if (inside === null || (inside !== '' && !findPage(inside))) return;
  event.preventDefault();
  event.stopPropagation();
  navigate(inside + target.search);
}

function insideFromRoot(pathname) {
  const path = pathname.slice(1);
  return path !== '' && findPage(path)?.alias ? path : null;
}
