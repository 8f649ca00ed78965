import { StoreProblem } from '../../store/index.ts'

/** What is thrown where the store was asked for a run that it does not have. */
export function unknownRun(run: string, place: string): StoreProblem {
  return new StoreProblem('unknown-run', `the store ${place} has no run ${run}; \`signalbox runs\` lists what it has`)
}
