import { StoreProblem } from '../../store/index.ts'

/** Of a run that the store was asked for. */
export function unknownRun(run: string, place: string): StoreProblem {
  return new StoreProblem('unknown-run', `the store ${place} has no run ${run}; \`signalbox runs\` lists what it has`)
}
