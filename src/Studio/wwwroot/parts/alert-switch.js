// A choice of few that counts at once: on and off, or the modes of a remedy.
import { h } from '../shell/dom.js';
import { define } from '../shell/strings.js';
import { toast } from '../shell/toasts.js';

/** choices: [[value, label]]. change(value) sends it; a refusal is told, and the former choice stands again. */
export function switchOf({ label, value, choices, change, done, disabled }) {
  const element = h('div', { class: 'pf-switch', role: 'group', 'aria-label': label });
  const draw = (now, busy) => element.replaceChildren(...choices.map(([choice, text]) => h('button', { class: 'pf-switch-item', type: 'button', 'aria-pressed': String(choice === now), disabled: disabled || busy, onclick: () => choose(choice) }, text)));
  draw(value, false);
  return element;

  async function choose(choice) {
    if (choice === value) return;
    draw(choice, true);
    try {
      await change(choice);
      value = choice;
    } catch (error) {
      toast({ kind: 'error', title: label, text: error.message });
    }
    draw(value, false);
    element.querySelector('[aria-pressed=true]')?.focus();
    done?.();
  }
}

define({
  'switch.on': ['On', '켬'],
  'switch.off': ['Off', '끔'],
  'switch.dryRun': ['Dry run', '시험'],
});
