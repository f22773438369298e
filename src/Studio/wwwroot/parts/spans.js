// Lengths of time that people type ("500 ms", "2 min", "00:01:30") and the form in which the server takes them.
import { spanOf } from './format.js';

const units = { ms: 1, s: 1_000, sec: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, '초': 1_000, '분': 60_000, '시간': 3_600_000, '일': 86_400_000 };

/** What was typed in milliseconds, or null when it is no length of time. */
export function typedSpan(text) {
  const trimmed = String(text).trim();
  const exact = spanOf(trimmed);
  if (exact !== null) return exact;
  const parts = [...trimmed.matchAll(/(\d+(?:[.,]\d+)?)\s*([a-z가-힣]+)/gi)];
  if (parts.length === 0 || trimmed.replace(/(\d+(?:[.,]\d+)?)\s*([a-z가-힣]+)/gi, '').trim() !== '') return null;
  let sum = 0;
  for (const [, amount, unit] of parts) {
    const size = units[unit.toLowerCase()];
    if (!size) return null;
    sum += Number(amount.replace(',', '.')) * size;
  }
  return sum;
}

/** Milliseconds as the server writes them: [d.]hh:mm:ss[.fff]. */
export function spanText(milliseconds) {
  const whole = Math.round(milliseconds);
  const two = value => String(value).padStart(2, '0');
  const days = Math.floor(whole / 86_400_000);
  const rest = whole % 1_000;
  return `${days ? `${days}.` : ''}${two(Math.floor(whole / 3_600_000) % 24)}:${two(Math.floor(whole / 60_000) % 60)}:${two(Math.floor(whole / 1_000) % 60)}${rest ? `.${String(rest).padStart(3, '0')}` : ''}`;
}

/** What was typed in the server's form; what is no length of time stays as it is, so that the server can say so. */
export const wireSpan = text => {
  const typed = text === null || text === undefined || text === '' ? null : typedSpan(text);
  return typed === null ? text || null : spanText(typed);
};

/** A length of time of the server, short and ready to be typed again: "1 s", "1 min 30 s". */
export function shortSpan(text) {
  const value = spanOf(text);
  if (value === null) return text ?? '';
  if (value === 0) return '0 s';
  const parts = [];
  let rest = value;
  for (const [unit, size] of [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1_000], ['ms', 1]]) {
    const amount = Math.floor(rest / size);
    if (amount) parts.push(`${amount} ${unit}`);
    rest -= amount * size;
  }
  return parts.join(' ');
}
