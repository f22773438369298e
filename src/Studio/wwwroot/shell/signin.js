// The sign-in form: the whole page at first, an overlay over what one was doing when a session has ended.
import { h, icon, logo } from './dom.js';
import { root } from './requests.js';
import { findProvider, loadSession, session, signIn } from './session.js';
import { t } from './strings.js';

let asking = null;

/** Shows the form and resolves when somebody is signed in. Calls during that time share one form. */
export function askToSignIn({ again = false } = {}) {
  return asking ??= show(again).finally(() => asking = null);
}

function show(again) {
  return new Promise(resolve => {
    const before = session?.username;
    const username = h('input', { class: 'pf-input', id: 'signin-username', name: 'username', autocomplete: 'username', required: true, autocapitalize: 'none', spellcheck: 'false', value: before });
    const password = h('input', { class: 'pf-input', id: 'signin-password', name: 'password', type: 'password', autocomplete: 'current-password', required: true });
    const problem = h('p', { class: 'pf-signin-problem', role: 'alert', hidden: true });
    const button = h('button', { class: 'pf-button pf-button-primary pf-signin-submit', type: 'submit' }, t('signin.submit'));
    const form = h('form', { class: 'pf-signin-form', 'aria-labelledby': 'signin-title', onsubmit: submit },
      h('div', { class: 'pf-signin-brand' }, logo(36)),
      h('h1', { class: 'pf-signin-title', id: 'signin-title' }, t(again ? 'signin.again' : 'signin.title')),
      again && h('p', { class: 'pf-signin-text' }, t('signin.again.text')),
      h('div', { class: 'pf-field' }, h('label', { class: 'pf-label', for: 'signin-username' }, t('signin.username')), username),
      h('div', { class: 'pf-field' }, h('label', { class: 'pf-label', for: 'signin-password' }, t('signin.password')), password),
      problem, button);
    const overlay = h('div', { class: again ? 'pf-signin pf-signin-over' : 'pf-signin', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'signin-title' }, form);
    const app = document.getElementById('app');
    app.inert = true;
    document.body.append(overlay);
    (before ? password : username).focus();
    tellFailure();
    offerProvider();

    async function submit(event) {
      event.preventDefault();
      button.disabled = true;
      button.textContent = t('signin.working');
      problem.hidden = true;
      const outcome = await signIn(username.value.trim(), password.value);
      button.disabled = false;
      button.textContent = t('signin.submit');
      if (outcome !== 'ok') {
        problem.replaceChildren(icon('warning', 16), t(`signin.${outcome}`));
        problem.hidden = false;
        password.select();
        return;
      }
      end();
    }

    function end() {
      removeEventListener('focus', lookAgain);
      app.inert = false;
      overlay.remove();
      // Another person must not go on in the first one's page.
      if (before && before !== session.username) location.assign(document.baseURI);
      else resolve(session);
    }

    // The provider's answer comes back by the address of the page.
    function tellFailure() {
      const address = new URL(location.href);
      const code = address.searchParams.get('signin');
      if (!/^WF\d{4}$/.test(code ?? '')) return;
      address.searchParams.delete('signin');
      history.replaceState(null, '', address);
      const text = t(`signin.${code}`);
      problem.replaceChildren(icon('warning', 16), text === `signin.${code}` ? t('signin.provider', code) : text);
      problem.hidden = false;
    }

    async function offerProvider() {
      const provider = await findProvider();
      if (!provider || !overlay.isConnected) return;
      const address = new URL(provider.address, root);
      // Over an open page it happens in another tab, for the page holds what is not saved yet.
      if (again) addEventListener('focus', lookAgain);
      else address.searchParams.set('returnTo', location.pathname + location.search);
      form.append(h('a', { class: 'pf-button pf-signin-submit', id: 'signin-provider', href: address.href, target: again && '_blank' }, t('signin.with', provider.displayName)));
    }

    async function lookAgain() {
      if (await loadSession().catch(() => null)) end();
    }
  });
}
