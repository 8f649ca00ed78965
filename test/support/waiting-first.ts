import type { TestSequencer, TestSpecification } from 'vitest/node'

/** Their tests wait longest: a lost worker is noticed after 20 s, and whoever asks a run that cannot answer is told after as long. */
const LONG_WAITS = ['/test/recovery/', '/test/workflows/throwing.test.ts']

/** Of those that need no server, the tests in these folders wait for timers and processes; others work. */
const WAITING = ['/test/activities/', '/test/runtime/', '/test/tools/']

/**
 * Files whose tests wait most come first, and of the rest some that wait run beside some that work, so that no core idles. In a clean
 * clone nothing is known of earlier runs, and a file of a minute could begin last.
 */
export default class WaitingFirst implements TestSequencer {
  shard(files: TestSpecification[]): TestSpecification[] {
    return files
  }

  sort(files: TestSpecification[]): TestSpecification[] {
    const named = files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId))
    const [ofTemporal, plain] = split(named, ({ project }) => project.name === 'temporal')
    return [...split(ofTemporal, isIn(LONG_WAITS)).flat(), ...mixed(split(plain, isIn(WAITING)))]
  }
}

function isIn(places: readonly string[]) {
  return ({ moduleId }: TestSpecification) => places.some(place => moduleId.includes(place))
}

function split<T>(all: readonly T[], holds: (one: T) => boolean): readonly [T[], T[]] {
  return [all.filter(holds), all.filter(one => !holds(one))]
}

/** Each list in its order and spread over the whole. */
function mixed<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const placed = lists.flatMap(list => list.map((one, at) => ({ one, share: (at + 0.5) / list.length })))
  return placed.toSorted((a, b) => a.share - b.share).map(({ one }) => one)
}
