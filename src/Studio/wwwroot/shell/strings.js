// Every text that a person reads, in one place. A language is one more object with the same keys.

const en = {
  product: 'Platform',
  'nav.label': 'Main',
  'nav.collapse': 'Collapse the navigation',
  'nav.expand': 'Expand the navigation',
  'nav.skip': 'Skip to content',

  'page.definitions': 'Workflows',
  'page.instances': 'Instances',
  'page.instances.of': 'Instances of this workflow',
  'page.missing': 'Nothing here',
  'page.missing.text': 'The address does not lead to a page. It may have been moved, or a letter got lost.',
  'page.missing.home': 'Go to workflows',
  'page.failed': 'This page could not be opened',
  'page.loading': 'Loading',
  'definition.missing': 'This workflow does not exist',
  'definition.missing.text': 'It may have been deleted, or the address belongs to another server.',
  'definition.draft': 'Draft',
  'definition.published': 'Published',
  'definition.version': 'v{0}',
  'instance.missing': 'This instance does not exist',
  'instance.missing.text': 'Finished instances are removed after the retention time.',
  'instance.title': 'Instance {0}',
  'instance.edit': 'Open workflow',

  'signin.title': 'Sign in to Platform',
  'signin.again': 'Your session has ended',
  'signin.again.text': 'Sign in again to go on. What you were doing is kept.',
  'signin.username': 'User name',
  'signin.password': 'Password',
  'signin.submit': 'Sign in',
  'signin.working': 'Signing in…',
  'signin.wrong': 'The user name or the password is not right.',
  'signin.tooMany': 'Too many attempts. Wait a minute and try again.',
  'signin.unreachable': 'The server does not answer. Try again in a moment.',
  'signin.with': 'Sign in with {0}',
  'signin.provider': 'You could not be signed in ({0}).',
  'signin.WF4766': 'The sign-in provider does not answer. Try again in a moment.',
  'signin.WF4767': 'The sign-in was not begun in this browser, or it took too long. Begin it again.',
  'signin.WF4768': 'The sign-in provider did not let you in, or you cancelled it there.',
  'signin.WF4769': 'The proof that the sign-in provider sent is not valid here. Begin again; if it stays so, tell an administrator.',
  'signin.WF4770': 'You have no user here. Ask an administrator to make one.',
  'signin.WF4771': 'Your user here is disabled. Ask an administrator.',
  'signin.WF4772': 'Your e-mail address is not verified. Verify it at the sign-in provider and sign in again.',
  'signin.WF4773': 'Only e-mail addresses of certain domains may sign in here.',
  'signin.WF4774': 'The sign-in provider does not tell a name that can be one here. Ask an administrator.',
  'signin.WF4775': 'You have no role here. Ask an administrator.',
  'signin.WF4776': 'A user with your name does not sign in by this account. Ask an administrator.',

  'user.menu': 'Account of {0}',
  'user.signout': 'Sign out',
  'theme.label': 'Theme',
  'theme.light': 'Light',
  'theme.dark': 'Dark',
  'theme.system': 'System',

  'toast.dismiss': 'Dismiss',
  'toast.region': 'Notifications',
  'crash.title': 'Something went wrong in this page',
  'crash.text': 'What is saved is safe. Reload if something looks stuck.',
  'crash.reload': 'Reload',
  'request.refused': 'The server refused this ({0})',
  'request.forbidden': 'You are not allowed to do this',
  'request.failed': 'The server could not do this ({0})',

  'saving.failed': 'Not saved',
  'saving.failed.text': 'Your last change is only in this tab. Keep it open.',
  'saving.retry': 'Save again',
  'saving.offline': 'Connection lost',
  'saving.offline.text': 'Trying to reach the server. Keep this tab open.',
  'saving.back': 'Connected again',
  'saving.leave': 'Your last change is not saved. Leave this page anyway?',
  'conflict.title': 'This workflow was changed meanwhile',
  'conflict.unsaved': 'What you changed here is not saved yet.',
  'conflict.you': 'In another tab, you',
  'conflict.system': 'The server',
  'conflict.somebody': 'Somebody',
  'conflict.did.save': '{0} saved version {1} at {2}.',
  'conflict.did.publish': '{0} published version {1} at {2}.',
  'conflict.did.revert': '{0} went back to an earlier version, which became version {1}, at {2}.',
  'conflict.did.import': '{0} imported version {1} at {2}.',
  'conflict.did.delete-version': '{0} deleted a version at {2}; the latest is version {1} now.',
  'conflict.did.update-references': '{0} published a workflow that this one uses, which changed version {1} at {2}.',
  'conflict.did.delete': '{0} deleted this workflow at {2}.',
  'conflict.did.vanish': 'This workflow was deleted.',
  'conflict.differences': 'What is different in yours',
  'conflict.mine': 'Keep mine',
  'conflict.mine.text': 'Saves yours over the other change, which is lost in the draft.',
  'conflict.publish': 'Keep mine and publish it',
  'conflict.publish.text': 'Publishes yours instead of what the other change made.',
  'conflict.theirs': 'Take theirs',
  'conflict.theirs.text': 'Shows what is stored. What you changed since is dropped.',
  'conflict.again': 'Create it again',
  'conflict.again.text': 'Saves yours as the first version of the same workflow. Its former versions and instances stay deleted.',
  'conflict.leave': 'Leave it deleted',
  'conflict.leave.text': 'What you have here is dropped.',
  'conflict.copy': 'Save mine as a copy',
  'conflict.copy.text': 'Keeps both: yours becomes a workflow of its own, and that one is opened.',
  'conflict.copy.name': '{0} (copy of {1})',
  'conflict.copy.names': '{0} (copy {2} of {1})',
  'conflict.copy.failed': 'The copy was not saved',
  'conflict.later': 'Decide later',
  'difference.Added': 'Added',
  'difference.Removed': 'Missing',
  'difference.Changed': 'Changed',
  'difference.Moved': 'Moved',
  'difference.workflow': 'Workflow',
  'difference.more': 'and {0} more',
  'dialog.leave': 'Leave',
  'dialog.stay': 'Stay',
};

const languages = { en };

function choose() {
  const wanted = [localStorage.getItem('platform.language'), ...navigator.languages];
  for (const tag of wanted) {
    const language = tag?.split('-')[0];
    if (language && languages[language]) return language;
  }
  return 'en';
}

export const language = choose();

/** The text for a key; {0}, {1} are replaced by the values. An unknown key is shown as it is, so that it is noticed. */
export function t(key, ...values) {
  const text = languages[language][key] ?? en[key] ?? key;
  return text.replace(/\{(\d)\}/g, (_, index) => String(values[index] ?? ''));
}
