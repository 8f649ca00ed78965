/** A crowd of children that spend one budget, each asking for answers until its calls are done or the money is. */
import { type Brief, type Outcome, openRun } from '../../workflows/public.ts'

/** What one child is to do. */
export interface Spending {
  /** One entry a call: its task class. */
  readonly classes: readonly string[]
}

export interface ChildEnd {
  readonly kind: string
  readonly message?: string
  readonly answers: number
}

export async function crowd(brief: Brief<readonly Spending[]>): Promise<Outcome<readonly ChildEnd[]>> {
  const run = openRun(brief.terms)
  const ends = await Promise.all(
    brief.input.map(({ classes }) => run.child('spender', { input: { classes: [...classes] } })),
  )
  return run.close(
    ends.map(({ kind, message, calls }) => ({
      kind,
      ...(message !== undefined && { message }),
      // The call that ended a child gave no answer.
      answers: kind === 'answered' ? calls : calls - 1,
    })),
  )
}

export async function spender(brief: Brief<Spending>): Promise<Outcome<number>> {
  const run = openRun(brief.terms)
  let answers = 0
  for (const taskClass of brief.input.classes) {
    await run.generate(taskClass, { prompt: `Write about topic ${answers}.` })
    answers += 1
  }
  return run.close(answers)
}
