// Every text that a person reads, in each language side by side. A page brings its own with define(); what several need
// stands here.

/** The languages by their tag, in the order of the texts. */
export const languages = { en: 'English', ko: '한국어' };

const key = 'platform.language';
const tags = Object.keys(languages);
export const language = choose();
const place = tags.indexOf(language);
const all = new Map();

/** texts: { key: [English, Korean] }. A key that is taken with another text is a mistake of ours. */
export function define(texts) {
  for (const [name, values] of Object.entries(texts)) {
    if (all.has(name) && all.get(name)[0] !== values[0]) throw new Error(`The text ${name} is there twice.`);
    all.set(name, values);
  }
}

/** The text for a key; {0}, {1} are replaced by the values. An unknown key is shown as it is, so that it is noticed. */
export function t(name, ...values) {
  const text = all.get(name)?.[place] ?? name;
  return values.length ? text.replace(/\{(\d)\}/g, (_, index) => String(values[index] ?? '')) : text;
}

/** Changes the language of this browser; the page is built anew, because Elsa Studio and we have drawn with the old one. */
export function chooseLanguage(tag) {
  localStorage.setItem(key, tag);
  location.reload();
}

function choose() {
  for (const wanted of [localStorage.getItem(key), ...navigator.languages]) {
    const tag = wanted?.split('-')[0];
    if (tags.includes(tag)) return tag;
  }
  return tags[0];
}

define({
  product: ['Platform', 'Platform'],
  'nav.label': ['Main', '주 메뉴'],
  'nav.collapse': ['Collapse the navigation', '메뉴 접기'],
  'nav.expand': ['Expand the navigation', '메뉴 펼치기'],
  'nav.skip': ['Skip to content', '본문으로 건너뛰기'],

  'page.definitions': ['Workflows', '워크플로'],
  'page.instances': ['Instances', '인스턴스'],
  'page.missing': ['Nothing here', '여기에는 아무것도 없습니다'],
  'page.missing.text': ['The address does not lead to a page. It may have been moved, or a letter got lost.', '이 주소에 해당하는 페이지가 없습니다. 옮겨졌거나 주소에 오타가 있을 수 있습니다.'],
  'page.missing.home': ['Go home', '홈으로'],
  'page.failed': ['This page could not be opened', '이 페이지를 열 수 없습니다'],
  'page.loading': ['Loading', '불러오는 중'],
  'definition.missing': ['This workflow does not exist', '존재하지 않는 워크플로입니다'],
  'definition.missing.text': ['It may have been deleted, or the address belongs to another server.', '삭제되었거나 다른 서버의 주소일 수 있습니다.'],
  'definition.draft': ['Draft', '초안'],
  'definition.published': ['Published', '게시됨'],
  'definition.version': ['v{0}', 'v{0}'],
  'instance.missing': ['This instance does not exist', '존재하지 않는 인스턴스입니다'],
  'instance.missing.text': ['Finished instances are removed after the retention time.', '끝난 인스턴스는 보존 기간이 지나면 지워집니다.'],
  'instance.title': ['Instance {0}', '인스턴스 {0}'],
  'instance.edit': ['Open workflow', '워크플로 열기'],

  'signin.title': ['Sign in to Platform', 'Platform 로그인'],
  'signin.again': ['Your session has ended', '세션이 끝났습니다'],
  'signin.again.text': ['Sign in again to go on. What you were doing is kept.', '계속하려면 다시 로그인하세요. 하던 작업은 그대로 남아 있습니다.'],
  'signin.username': ['User name', '사용자 이름'],
  'signin.password': ['Password', '비밀번호'],
  'signin.submit': ['Sign in', '로그인'],
  'signin.working': ['Signing in…', '로그인하는 중…'],
  'signin.wrong': ['The user name or the password is not right.', '사용자 이름 또는 비밀번호가 맞지 않습니다.'],
  'signin.tooMany': ['Too many attempts. Wait a minute and try again.', '시도가 너무 많습니다. 1분 뒤에 다시 해 보세요.'],
  'signin.unreachable': ['The server does not answer. Try again in a moment.', '서버가 응답하지 않습니다. 잠시 뒤에 다시 해 보세요.'],
  'signin.with': ['Sign in with {0}', '{0}(으)로 로그인'],
  'signin.provider': ['You could not be signed in ({0}).', '로그인할 수 없습니다 ({0}).'],
  'signin.WF4766': ['The sign-in provider does not answer. Try again in a moment.', '로그인 제공자가 응답하지 않습니다. 잠시 뒤에 다시 해 보세요.'],
  'signin.WF4767': ['The sign-in was not begun in this browser, or it took too long. Begin it again.', '이 브라우저에서 시작하지 않았거나 시간이 너무 오래 걸렸습니다. 다시 시작하세요.'],
  'signin.WF4768': ['The sign-in provider did not let you in, or you cancelled it there.', '로그인 제공자가 허용하지 않았거나 그곳에서 취소했습니다.'],
  'signin.WF4769': ['The proof that the sign-in provider sent is not valid here. Begin again; if it stays so, tell an administrator.', '로그인 제공자가 보낸 증명이 여기서 유효하지 않습니다. 다시 시작하고, 계속되면 관리자에게 알리세요.'],
  'signin.WF4770': ['You have no user here. Ask an administrator to make one.', '이곳에 사용자가 없습니다. 관리자에게 만들어 달라고 하세요.'],
  'signin.WF4771': ['Your user here is disabled. Ask an administrator.', '사용자가 비활성화되어 있습니다. 관리자에게 문의하세요.'],
  'signin.WF4772': ['Your e-mail address is not verified. Verify it at the sign-in provider and sign in again.', '이메일 주소가 확인되지 않았습니다. 로그인 제공자에서 확인한 뒤 다시 로그인하세요.'],
  'signin.WF4773': ['Only e-mail addresses of certain domains may sign in here.', '정해진 도메인의 이메일 주소만 로그인할 수 있습니다.'],
  'signin.WF4774': ['The sign-in provider does not tell a name that can be one here. Ask an administrator.', '로그인 제공자가 여기서 쓸 수 있는 이름을 알려 주지 않습니다. 관리자에게 문의하세요.'],
  'signin.WF4775': ['You have no role here. Ask an administrator.', '이곳에 역할이 없습니다. 관리자에게 문의하세요.'],
  'signin.WF4776': ['A user with your name does not sign in by this account. Ask an administrator.', '같은 이름의 사용자가 이 계정으로 로그인하지 않습니다. 관리자에게 문의하세요.'],

  'user.menu': ['Account of {0}', '{0} 계정'],
  'user.password': ['Change password', '비밀번호 변경'],
  'user.signout': ['Sign out', '로그아웃'],
  'theme.label': ['Theme', '테마'],
  'theme.light': ['Light', '밝게'],
  'theme.dark': ['Dark', '어둡게'],
  'theme.system': ['System', '시스템 설정'],

  'toast.dismiss': ['Dismiss', '닫기'],
  'toast.region': ['Notifications', '알림'],
  'crash.title': ['Something went wrong in this page', '이 페이지에서 문제가 생겼습니다'],
  'crash.text': ['What is saved is safe. Reload if something looks stuck.', '저장된 것은 안전합니다. 멈춘 것처럼 보이면 새로 고치세요.'],
  'crash.reload': ['Reload', '새로 고침'],
  'request.refused': ['The server refused this ({0})', '서버가 거절했습니다 ({0})'],
  'request.forbidden': ['You are not allowed to do this', '이 작업을 할 권한이 없습니다'],
  'request.failed': ['The server could not do this ({0})', '서버가 처리하지 못했습니다 ({0})'],

  'saving.failed': ['Not saved', '저장되지 않음'],
  'saving.failed.text': ['Your last change is only in this tab. Keep it open.', '마지막 변경은 이 탭에만 있습니다. 탭을 닫지 마세요.'],
  'saving.retry': ['Save again', '다시 저장'],
  'saving.offline': ['Connection lost', '연결 끊김'],
  'saving.offline.text': ['Trying to reach the server. Keep this tab open.', '서버에 다시 연결하는 중입니다. 탭을 닫지 마세요.'],
  'saving.back': ['Connected again', '다시 연결되었습니다'],
  'saving.leave': ['Your last change is not saved. Leave this page anyway?', '마지막 변경이 저장되지 않았습니다. 그래도 이 페이지를 떠날까요?'],
  'conflict.title': ['This workflow was changed meanwhile', '그 사이에 이 워크플로가 바뀌었습니다'],
  'conflict.unsaved': ['What you changed here is not saved yet.', '여기서 바꾼 내용은 아직 저장되지 않았습니다.'],
  'conflict.you': ['In another tab, you', '다른 탭에서 내가'],
  'conflict.system': ['The server', '서버가'],
  'conflict.somebody': ['Somebody', '누군가'],
  'conflict.did.save': ['{0} saved version {1} at {2}.', '{0} {2}에 버전 {1}을 저장했습니다.'],
  'conflict.did.publish': ['{0} published version {1} at {2}.', '{0} {2}에 버전 {1}을 게시했습니다.'],
  'conflict.did.revert': ['{0} went back to an earlier version, which became version {1}, at {2}.', '{0} {2}에 이전 버전으로 되돌려 버전 {1}이 되었습니다.'],
  'conflict.did.import': ['{0} imported version {1} at {2}.', '{0} {2}에 버전 {1}을 가져왔습니다.'],
  'conflict.did.delete-version': ['{0} deleted a version at {2}; the latest is version {1} now.', '{0} {2}에 한 버전을 삭제했습니다. 지금 최신은 버전 {1}입니다.'],
  'conflict.did.update-references': ['{0} published a workflow that this one uses, which changed version {1} at {2}.', '{0} {2}에 이 워크플로가 쓰는 워크플로를 게시하여 버전 {1}이 바뀌었습니다.'],
  'conflict.did.delete': ['{0} deleted this workflow at {2}.', '{0} {2}에 이 워크플로를 삭제했습니다.'],
  'conflict.did.vanish': ['This workflow was deleted.', '이 워크플로가 삭제되었습니다.'],
  'conflict.differences': ['What is different in yours', '내 것에서 다른 점'],
  'conflict.mine': ['Keep mine', '내 것을 유지'],
  'conflict.mine.text': ['Saves yours over the other change, which is lost in the draft.', '다른 변경 위에 내 것을 저장합니다. 다른 변경은 초안에서 사라집니다.'],
  'conflict.publish': ['Keep mine and publish it', '내 것을 유지하고 게시'],
  'conflict.publish.text': ['Publishes yours instead of what the other change made.', '다른 변경 대신 내 것을 게시합니다.'],
  'conflict.theirs': ['Take theirs', '상대 것을 받기'],
  'conflict.theirs.text': ['Shows what is stored. What you changed since is dropped.', '저장된 것을 보여 줍니다. 그 뒤에 내가 바꾼 것은 버려집니다.'],
  'conflict.again': ['Create it again', '다시 만들기'],
  'conflict.again.text': ['Saves yours as the first version of the same workflow. Its former versions and instances stay deleted.', '내 것을 같은 워크플로의 첫 버전으로 저장합니다. 이전 버전과 인스턴스는 삭제된 채로 남습니다.'],
  'conflict.leave': ['Leave it deleted', '삭제된 채로 두기'],
  'conflict.leave.text': ['What you have here is dropped.', '여기 있는 내용은 버려집니다.'],
  'conflict.copy': ['Save mine as a copy', '내 것을 사본으로 저장'],
  'conflict.copy.text': ['Keeps both: yours becomes a workflow of its own, and that one is opened.', '둘 다 남깁니다. 내 것은 별도의 워크플로가 되어 열립니다.'],
  'conflict.copy.name': ['{0} (copy of {1})', '{0} ({1}의 사본)'],
  'conflict.copy.names': ['{0} (copy {2} of {1})', '{0} ({1}의 사본 {2})'],
  'conflict.copy.failed': ['The copy was not saved', '사본이 저장되지 않았습니다'],
  'conflict.later': ['Decide later', '나중에 정하기'],
  'difference.Added': ['Added', '추가됨'],
  'difference.Removed': ['Missing', '없음'],
  'difference.Changed': ['Changed', '바뀜'],
  'difference.Moved': ['Moved', '옮겨짐'],
  'difference.workflow': ['Workflow', '워크플로'],
  'difference.more': ['and {0} more', '외 {0}개'],
  'dialog.leave': ['Leave', '떠나기'],
  'dialog.stay': ['Stay', '머무르기'],

  'nav.build': ['Build', '만들기'],
  'nav.watch': ['Watch', '지켜보기'],
  'nav.manage': ['Manage', '관리'],
  'language.label': ['Language', '언어'],
  'palette.open': ['Search or jump to…', '찾기 또는 이동…'],
  'keys.title': ['Keyboard', '키보드'],
  'request.unreachable': ['The server does not answer.', '서버가 응답하지 않습니다.'],
  'state.failed': ['This could not be loaded', '불러올 수 없습니다'],
  'state.retry': ['Try again', '다시 시도'],
  'tabs.label': ['Parts of this page', '페이지 구역'],
  'table.all': ['Choose all on this page', '이 페이지 모두 선택'],
  'table.choose': ['Choose this row', '이 줄 선택'],
  'table.actions': ['Actions', '작업'],
  'list.pages': ['Pages', '페이지'],
  'list.nothing': ['Nothing matches', '맞는 것이 없습니다'],
  'list.nothing.text': ['No entry fits what you filter by.', '필터에 맞는 항목이 없습니다.'],
  'list.clear': ['Clear filters', '필터 지우기'],
  'list.range': ['{0}–{1} of {2}', '{2}개 중 {0}–{1}'],
  'list.before': ['Previous page', '이전 페이지'],
  'list.after': ['Next page', '다음 페이지'],
  'list.chosen': ['{0} chosen', '{0}개 선택됨'],
  'list.any': ['Any', '전체'],
  'form.save': ['Save', '저장'],
  'form.cancel': ['Cancel', '취소'],
  'form.required': ['Needed.', '필요합니다.'],
  'form.json': ['Not valid JSON: {0}', '올바른 JSON이 아닙니다: {0}'],
  'form.number': ['A number from {0} to {1}.', '{0}에서 {1}까지의 수.'],
  'done.copied': ['Copied', '복사했습니다'],
  'time.now': ['just now', '방금'],
  'unit.d': ['d', '일'],
  'unit.h': ['h', '시간'],
  'unit.min': ['min', '분'],
  'word.name': ['Name', '이름'],
  'word.status': ['Status', '상태'],
  'word.when': ['When', '시각'],
  'word.workflow': ['Workflow', '워크플로'],
  'word.instance': ['Instance', '인스턴스'],
  'word.created': ['Created', '만든 때'],
  'word.changed': ['Changed', '바뀐 때'],
  'word.started': ['Started', '시작'],
  'word.duration': ['Duration', '걸린 시간'],
  'word.delete': ['Delete', '삭제'],
  'word.edit': ['Edit', '편집'],
  'word.open': ['Open', '열기'],
  'word.none': ['None', '없음'],
  'word.yes': ['Yes', '예'],
  'word.no': ['No', '아니요'],
  'word.close': ['Close', '닫기'],
  'word.copy': ['Copy', '복사'],
  'status.Running': ['Running', '실행 중'],
  'status.Suspended': ['Waiting', '대기 중'],
  'status.Finished': ['Finished', '완료'],
  'status.Faulted': ['Faulted', '실패'],
  'status.Cancelled': ['Cancelled', '취소됨'],
  'status.Interrupted': ['Interrupted', '중단됨'],
  'status.Pending': ['Pending', '시작 전'],
  'status.Executing': ['Running', '실행 중'],
  'status.healthy': ['Healthy', '정상'],
  'status.degraded': ['Degraded', '저하'],
  'status.unhealthy': ['Unhealthy', '비정상'],
  'status.unknown': ['Unknown', '알 수 없음'],
});
