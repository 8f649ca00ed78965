/**
 * Writes the table that the extraction reads: `node demo/measurements.ts > demo/measurements.csv`.
 *
 * Sixty days of an invented signal box, hour by hour. The same seed gives the same table, so that the figures which the
 * simulated vendors quote from it stay true.
 *
 * @module
 */
import { argv, stdout } from 'node:process'
import { pathToFileURL } from 'node:url'

const SEED = 1889
const DAYS = 60

/** Trains in each hour of an ordinary day, from midnight on: a morning and an evening peak. */
const TIMETABLE = [2, 1, 1, 2, 4, 8, 14, 19, 18, 12, 9, 9, 10, 9, 10, 12, 15, 19, 17, 11, 8, 6, 5, 3]

const HEADER = [
  '# Invented measurements of one signal box over sixty days, hour by hour; written by demo/measurements.ts, seed 1889.',
  '# offers: trains offered by the neighbouring boxes; refusals: offers that got no answer at first;',
  '# lever_movements: levers pulled or put back; longest_wait_s: the longest time a train stood at a signal, in seconds.',
  'day,hour,offers,trains,refusals,lever_movements,longest_wait_s',
]

/** The whole table as CSV text. */
export function measurementsCsv(): string {
  const random = createRandom(SEED)
  const rows = Array.from({ length: DAYS * TIMETABLE.length }, (_, at) => {
    const hour = at % TIMETABLE.length
    return rowOf(1 + Math.floor(at / TIMETABLE.length), hour, TIMETABLE[hour] ?? 0, random)
  })
  return `${[...HEADER, ...rows].join('\n')}\n`
}

/** A box refuses more and waits grow faster than traffic once the line is nearly full. */
function rowOf(day: number, hour: number, planned: number, random: () => number): string {
  const trains = Math.max(0, planned + Math.floor(random() * 5) - 2)
  const load = trains / 20
  const refusals = Math.floor(load ** 3 * 6 * random())
  const levers = trains * 14 + Math.floor(random() * 20)
  const waitSeconds = trains === 0 ? 0 : Math.round(20 + 400 * load ** 4 * random() + refusals * 95)
  return [day, hour, trains + refusals, trains, refusals, levers, waitSeconds].join(',')
}

/** The generator `mulberry32`: 32 bits of state, good enough for a table. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) stdout.write(measurementsCsv())
