// Reads calendars with ical.js: a JSON list of texts on standard input, on standard output for each the moments (seconds)
// at which what was not cancelled begins. Zones are those that the calendar itself describes. Argument: the library's file.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));
const cancelled = (component) => component.getFirstPropertyValue("status") === "CANCELLED";

function moments(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const parts = calendar.getAllSubcomponents("vevent");
  const event = new ICAL.Event(parts.find((part) => !part.hasProperty("recurrence-id")));
  for (const part of parts) if (part.hasProperty("recurrence-id")) event.relateException(part);
  const found = [];
  const steps = event.iterator();
  for (let next = steps.next(); next; next = steps.next()) {
    const { item, startDate } = event.getOccurrenceDetails(next);
    if (!cancelled(item.component)) found.push(startDate.toUnixTime());
  }
  return found.sort((a, b) => a - b);
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(moments)));
