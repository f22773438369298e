// Times, durations and amounts as people read them, in the language of the page.
import { h } from '../shell/dom.js';
import { language, t } from '../shell/strings.js';

const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
const dayAndClock = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
const steps = [['second', 60], ['minute', 60], ['hour', 24], ['day', 30], ['month', 12], ['year', Infinity]];

export const number = value => value === null || value === undefined ? '–' : whole.format(value);
export const shortNumber = value => value === null || value === undefined ? '–' : Math.abs(value) < 10_000 ? fine.format(value) : compact.format(value);
/** share: 0 to 1. */
export const percent = share => share === null || share === undefined ? '–' : `${fine.format(share * 100)} %`;

export function bytes(value) {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
  return `${fine.format(value / 1024 ** power)} ${units[power]}`;
}

/** milliseconds. */
export function duration(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value < 1) return `${fine.format(value)} ms`;
  if (value < 1_000) return `${whole.format(value)} ms`;
  if (value < 60_000) return `${fine.format(value / 1_000)} s`;
  const [days, hours, minutes, seconds] = [value / 86_400_000, value / 3_600_000 % 24, value / 60_000 % 60, value / 1_000 % 60].map(Math.floor);
  if (days) return `${days} ${t('unit.d')} ${hours} ${t('unit.h')}`;
  if (hours) return `${hours} ${t('unit.h')} ${minutes} ${t('unit.min')}`;
  return `${minutes} ${t('unit.min')} ${seconds} s`;
}

/** A .NET TimeSpan ("1.02:03:04.5") in milliseconds, or null. */
export function spanOf(text) {
  const found = /^(-)?(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(text ?? '');
  if (!found) return null;
  const [, minus, days = 0, hours, minutes, seconds] = found;
  return (minus ? -1 : 1) * (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}

function ago(moment, now = Date.now()) {
  let value = (new Date(moment) - now) / 1_000;
  if (Math.abs(value) < 5) return t('time.now');
  for (const [unit, size] of steps) {
    if (Math.abs(value) < size) return relative.format(Math.round(value), unit);
    value /= size;
  }
}

/** An element that reads "5 min ago" and shows the exact time when pointed at. */
export function when(moment) {
  if (!moment) return h('span', { class: 'pf-soft' }, '–');
  return h('time', { datetime: moment, title: dateTime.format(new Date(moment)), class: 'pf-when' }, ago(moment));
}

export const exactTime = moment => dateTime.format(new Date(moment));
export const clockTime = moment => clock.format(new Date(moment));
export const shortTime = moment => dayAndClock.format(new Date(moment));
