// Cron expressions in words. What cannot be said in a short sentence is not guessed: then the expression stands alone.
import { define, language, t } from '../shell/strings.js';
import { duration, exactTime, spanOf } from './format.js';

const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayOf = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
const monthOf = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' });
const clockOf = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' });
const together = new Intl.ListFormat(language, { type: 'conjunction' });

/** When a schedule of the API fires, in words; null when it cannot be said shortly. */
export function wordsOf({ kind, expression }) {
  if (kind === 'Cron') return cronWords(expression);
  if (kind === 'Timer') return t('cron.every', lengthWords(spanOf(expression)));
  return kind === 'StartAt' ? t('cron.once', exactTime(expression)) : null;
}

/** A whole number of one unit reads better than "10 min 0 s". */
function lengthWords(length) {
  for (const [unit, size] of [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1_000]])
    if (length % size === 0) return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(length / size);
  return duration(length);
}

/** A cron expression of five fields, or six or seven with seconds first, in words; null when it cannot be said shortly. */
export function cronWords(expression) {
  const fields = expression.trim().toUpperCase().split(/\s+/);
  if (fields.length < 5 || fields.length > 7 || (fields[6] ?? '*') !== '*') return null;
  if (fields.length === 5) fields.unshift('0');
  const [second, minute, hour, dayOfMonth, month, dayOfWeek] = fields;
  const time = timeWords(second, minute, hour);
  const days = dayWords(dayOfMonth, dayOfWeek);
  const months = month === '*' ? '' : named(month, monthNames, 1, monthWord);
  if (time === null || days === null || months === null) return null;
  if (time.isAt && !days) return t(months ? 'cron.daily.months' : 'cron.daily', time.text, months);
  return [months && t('cron.months', months), days, time.text].filter(Boolean).join(t('cron.join')).replace(/^./, first => first.toUpperCase());
}

function timeWords(second, minute, hour) {
  const seconds = stepOf(second);
  if (seconds !== null) return minute === '*' && hour === '*' ? { text: seconds === 1 ? t('cron.second') : t('cron.seconds', seconds) } : null;
  if (!/^\d+$/.test(second)) return null;
  const [minutes, hours] = [stepOf(minute), stepOf(hour)];
  if (minutes !== null) {
    const text = minutes === 1 ? t('cron.minute') : t('cron.minutes', minutes);
    if (hours === 1) return { text };
    const range = /^(\d+)-(\d+)$/.exec(hour);
    return range ? { text: t('cron.between', text, clock(range[1], 0), clock(range[2], 59)) } : null;
  }
  if (!/^\d+$/.test(minute)) return null;
  if (hours !== null) return { text: hours === 1 ? t('cron.hourly', minute.padStart(2, '0')) : t('cron.hours', hours, minute.padStart(2, '0')) };
  if (!/^\d+(,\d+){0,5}$/.test(hour)) return null;
  return { isAt: true, text: together.format(hour.split(',').map(one => clock(one, minute, second))) };
}

function dayWords(dayOfMonth, dayOfWeek) {
  const anyDate = dayOfMonth === '*' || dayOfMonth === '?';
  const anyDay = dayOfWeek === '*' || dayOfWeek === '?';
  if (anyDate && anyDay) return '';
  if (!anyDate && !anyDay) return null;
  if (anyDate) {
    const days = numbers(dayOfWeek, dayNames, 0)?.map(day => day % 7);
    if (!days) return null;
    const sorted = [...new Set(days)].sort().join();
    if (sorted === '1,2,3,4,5') return t('cron.weekdays');
    if (sorted === '0,6') return t('cron.weekends');
    return t('cron.on', together.format([...new Set(days)].map(dayWord)));
  }
  if (dayOfMonth === 'L') return t('cron.lastday');
  return /^\d+(,\d+)*$/.test(dayOfMonth) ? t('cron.dates', together.format(dayOfMonth.split(','))) : null;
}

/** 1 for *, n for a step from the beginning, null for anything else. */
function stepOf(field) {
  if (field === '*') return 1;
  const step = /^(?:\*|0)\/(\d+)$/.exec(field);
  return step ? Number(step[1]) : null;
}

/** The values of a list of values and ranges, or null. */
function numbers(field, names, least) {
  const all = [];
  for (const part of field.split(',')) {
    const ends = part.split('-').map(one => names.includes(one) ? names.indexOf(one) + least : /^\d+$/.test(one) ? Number(one) : NaN);
    if (ends.length > 2 || ends.some(Number.isNaN)) return null;
    const [from, to = from] = ends;
    if (to < from || to > names.length + least) return null;
    for (let one = from; one <= to; one++) all.push(one);
  }
  return all;
}

function named(field, names, least, word) {
  const all = numbers(field, names, least);
  return all && together.format(all.map(word));
}

const clock = (hour, minute, second = 0) => {
  const text = clockOf.format(Date.UTC(2000, 0, 1, hour, minute));
  return Number(second) ? `${text}:${String(second).padStart(2, '0')}` : text;
};
const dayWord = day => dayOf.format(Date.UTC(2000, 0, 2 + day));
const monthWord = month => monthOf.format(Date.UTC(2000, month - 1, 1));

define({
  'cron.every': ['Every {0}', '{0}마다'],
  'cron.once': ['Once, {0}', '한 번, {0}'],
  'cron.second': ['every second', '매초'],
  'cron.seconds': ['every {0} seconds', '{0}초마다'],
  'cron.minute': ['every minute', '매분'],
  'cron.minutes': ['every {0} minutes', '{0}분마다'],
  'cron.between': ['{0} from {1} to {2}', '{1}–{2} 사이 {0}'],
  'cron.hourly': ['every hour at minute {0}', '매시 {0}분'],
  'cron.hours': ['every {0} hours at minute {1}', '{0}시간마다 {1}분'],
  'cron.daily': ['Every day at {0}', '매일 {0}'],
  'cron.daily.months': ['Every day in {1} at {0}', '{1} 매일 {0}'],
  'cron.weekdays': ['Monday to Friday', '월요일–금요일'],
  'cron.weekends': ['Saturdays and Sundays', '토요일과 일요일'],
  'cron.on': ['every {0}', '매주 {0}'],
  'cron.dates': ['on day {0} of the month', '매월 {0}일'],
  'cron.lastday': ['on the last day of the month', '매월 마지막 날'],
  'cron.months': ['in {0}', '{0}'],
  'cron.join': [', ', ', '],
});
