// <time datetime="..."> in the reader's own time zone; the title keeps UTC.

const DAY = new Intl.DateTimeFormat(undefined, { month: "short", day: "2-digit" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

const isToday = (at) => at.toDateString() === new Date().toDateString();

export const shortTime = (at) => (isToday(at) ? CLOCK.format(at) : `${DAY.format(at)} ${CLOCK.format(at)}`);

export function localTimes(root = document) {
  for (const time of root.querySelectorAll("time[datetime]:not([title])")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = `${time.dateTime} (UTC)`;
    time.textContent = CLOCK.format(at);
    if (isToday(at)) continue;
    const day = document.createElement("span");
    day.className = "day";
    day.textContent = `${DAY.format(at)} `;
    time.prepend(day);
  }
}

/** For <input type=datetime-local>: local time without a zone. */
export function toInput(at) {
  const pad = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

export const iso = (ms) => new Date(ms).toISOString();
