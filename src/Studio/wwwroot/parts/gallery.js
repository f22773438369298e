// A new workflow: empty, or from one that came with the product, each with its picture.
import { h, icon } from '../shell/dom.js';
import { navigate } from '../shell/router.js';
import { define, t } from '../shell/strings.js';
import { get, send } from './api.js';
import { openForm } from './form.js';
import { picture } from './picture.js';
import { failure, skeleton } from './states.js';

/** Opens the gallery; a choice asks for a name, makes the workflow and opens it in the designer. */
export function openGallery() {
  const place = h('div', { class: 'pf-gallery' }, skeleton(4));
  const leaving = new AbortController();
  const dialog = h('dialog', { class: 'pf-dialog pf-dialog-form pf-dialog-gallery', 'aria-labelledby': 'gallery-title', onclose: () => { leaving.abort(); dialog.remove(); } },
    h('div', { class: 'pf-card-head' }, h('h2', { class: 'pf-dialog-title', id: 'gallery-title' }, t('gallery.title')),
      h('button', { class: 'pf-icon-button', type: 'button', 'aria-label': t('word.close'), onclick: () => dialog.close() }, icon('close'))),
    place);
  document.body.append(dialog);
  dialog.showModal();
  fill();

  async function fill() {
    try {
      const { items } = await get('api/definitions', { query: { take: 100 }, signal: leaving.signal });
      const shipped = await Promise.all(items.filter(item => item.isShipped).map(item =>
        get(`elsa/api/workflow-definitions/by-definition-id/${encodeURIComponent(item.definitionId)}`, { query: { versionOptions: 'Latest' }, signal: leaving.signal })));
      place.replaceChildren(
        tile(t('gallery.empty'), t('gallery.empty.text'), icon('plus', 32), () => make(null)),
        ...shipped.map(template => tile(template.name, template.description, picture(template.root, { width: 220, height: 96 }), () => make(template))));
      place.querySelector('button').focus();
    } catch (error) {
      if (error.name !== 'AbortError') place.replaceChildren(failure(error, fill));
    }
  }

  const tile = (name, text, drawing, run) => h('button', { class: 'pf-tile', type: 'button', onclick: run }, h('span', { class: 'pf-tile-picture' }, drawing), h('span', { class: 'pf-tile-name' }, name), h('span', { class: 'pf-soft' }, text));

  async function make(template) {
    dialog.close();
    const made = await openForm({
      title: t('gallery.name'),
      key: `new.${template?.definitionId ?? ''}`,
      fields: [
        { name: 'name', label: t('word.name'), required: true, value: template ? t('gallery.copy', template.name) : '' },
        { name: 'description', kind: 'area', rows: 2, label: t('gallery.description'), value: template?.description },
      ],
      action: t('gallery.create'),
      submit: async ({ name, description }) => {
        if (template) return send('POST', 'elsa/api/workflow-definitions/import', { ...copied(template), name, description }, { query: { asNew: true } });
        const answer = await send('POST', 'elsa/api/workflow-definitions', { model: { name, description, version: 1, isLatest: true, isPublished: false, root: { type: 'Elsa.Flowchart', version: 1, id: 'root', activities: [], connections: [] } }, publish: false });
        return answer.workflowDefinition ?? answer;
      },
    });
    if (made) navigate(`definitions/${encodeURIComponent(made.definitionId)}`);
  }
}

// What makes a workflow what it is, without the template's identity.
const copied = ({ variables, inputs, outputs, outcomes, customProperties, options, root }) => ({ variables, inputs, outputs, outcomes, customProperties, options, root });

define({
  'gallery.title': ['New workflow', '새 워크플로'],
  'gallery.empty': ['Empty canvas', '빈 캔버스'],
  'gallery.empty.text': ['Draw it from the first activity on.', '첫 액티비티부터 직접 그립니다.'],
  'gallery.name': ['What is it called?', '이름이 무엇인가요?'],
  'gallery.description': ['What is it for?', '무엇을 하나요?'],
  'gallery.create': ['Create and open', '만들고 열기'],
  'gallery.copy': ['My {0}', '나의 {0}'],
});
