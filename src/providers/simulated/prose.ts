/**
 * Plain prose of a given length, the same for the same seed.
 *
 * @module
 */
const SENTENCES = [
  'The figures of the last quarter agree with the plan in all but two places.',
  'A reader who knows the field will find nothing new in the first part, and much in the second.',
  'What was left open at the meeting has been settled since, and the notes say how.',
  'The older method is slower, yet it fails in fewer ways.',
  'Three of the five sources name the same cause, and the other two do not contradict it.',
  'It is worth asking who pays for the delay, and when.',
  'The harbour was rebuilt within four years, with stone from the old walls.',
  'Costs rose by a tenth while the number of users doubled.',
  'Nobody has measured this on a small machine, where it matters most.',
  'The second draft keeps the argument and drops half of the words.',
  'A short table would say this better than a long paragraph.',
  'Those who wrote the rule had another case in mind.',
  'The evidence is thin before the middle of the century and good after it.',
  'In practice the queue is empty for most of the night.',
  'The river freezes late, so the bridge carries more than it was built for.',
  'Two teams reached the same result by different ways, which is the best proof there is.',
  'The appendix lists every exception by name.',
  'This part is easy to test and hard to explain.',
  'Prices differ by region, and the difference grows with the volume.',
  'The conclusion stands if the first assumption does.',
  'Most of the savings come from work that is no longer done twice.',
  'A careful editor would cut the opening and begin with the example.',
  'The map is older than the road it shows.',
  'What looks like a fault of the instrument is a property of the sample.',
] as const

/** Whole sentences of at least `tokens` tokens by the vendor's count of four characters each. */
export function proseOf(seed: number, tokens: number): string {
  const wanted = tokens * 4
  let state = seed
  let text = ''
  while (text.length < wanted) {
    state = nextState(state)
    text += (text && ' ') + SENTENCES[state % SENTENCES.length]!
  }
  return text
}

/** A number between two bounds (both inclusive), the same for the same seed. */
export function numberWithin(seed: number, [least, most]: readonly [number, number]): number {
  return least + (nextState(seed) % (most - least + 1))
}

/** One step of a 32-bit generator by Numerical Recipes, its low and weak bits folded away. */
function nextState(state: number): number {
  const next = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return (next ^ (next >>> 15)) >>> 0
}
