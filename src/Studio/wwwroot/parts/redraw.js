// Drawing anew what somebody may be in the middle of: the focus stays where it was, and a menu that is open stays open.
const focusable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';

let pressed = null;
addEventListener('pointerdown', event => { pressed = event.target; }, true);
addEventListener('click', () => { pressed = null; }, true);
for (const name of ['pointerup', 'pointercancel']) addEventListener(name, () => setTimeout(() => { pressed = null; }), true);

/** True while a menu in the place is open; what is drawn then waits for the next turn. */
export const isBusy = place => place.querySelector('.pf-menu-holder > [aria-expanded=true]') !== null;

/** Replaces what is in the place, unless something in it is being pressed: the press would be lost. The focus goes to what stands where it was, by its name if it has one. */
export function redraw(place, ...children) {
  if (pressed && place.contains(pressed)) return;
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const name = focused?.getAttribute('href') ?? focused?.getAttribute('aria-label') ?? focused?.textContent;
  const index = focused ? [...place.querySelectorAll(focusable)].indexOf(focused) : -1;
  place.replaceChildren(...children);
  if (!focused || index < 0) return;
  const all = [...place.querySelectorAll(focusable)];
  const same = all.filter(one => (one.getAttribute('href') ?? one.getAttribute('aria-label') ?? one.textContent) === name);
  (same.length === 1 ? same[0] : same.includes(all[index]) ? all[index] : same[0] ?? all[index])?.focus({ preventScroll: true });
}
