/**
 * Workflows of one's own, as a user writes them.
 *
 * @module
 */
import type { Budget } from '../../../src/core/protocol.ts'
import { type Brief, type Outcome, openRun } from '../../../workflows/public.ts'

/** Three calls side by side, one of them held to a schema, and one that follows. `input` ends in the run's tag. */
export async function desk(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const taskClass = brief.terms?.taskClass ?? 'alpha-first'
  const piece = (step: number) => brief.input.replace(/R\d+/, tag => `${tag}p${step}`)
  const [first, second, third] = await Promise.all([
    run.generate(taskClass, { prompt: piece(1) }),
    run.generate(taskClass, { prompt: piece(2) }),
    run.generate(taskClass, { prompt: piece(3), schema: 'Verdict' }),
  ])
  const last = await run.generate(taskClass, { prompt: piece(4) })
  return run.close([first.text, second.text, third.value, last.text])
}

/** Two agents as children side by side, and a call after them. The label `slice` is the budget of each child. */
export async function family(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const taskClass = brief.terms?.taskClass ?? 'alpha-first'
  const part = (name: string) => brief.input.replace(/R\d+/, tag => `${tag}${name}`)
  const { slice } = brief.terms?.labels ?? {}
  const own = slice === undefined ? {} : { budget: JSON.parse(slice) as Budget }
  const children = await Promise.all([
    run.child('chainer', { input: part('c1'), taskClass, ...own }),
    run.child('chainer', { input: part('c2'), ...own }),
  ])
  const { text } = await run.generate(taskClass, { prompt: part('p1') })
  return run.close([...children.map(child => child.text ?? `${child.kind}: ${child.message}`), text])
}
