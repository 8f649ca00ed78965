/**
 * Workflows of one's own as the recorded histories know them. Once a history of one is recorded, what it schedules is
 * never changed: add another one.
 *
 * @module
 */
export { writingDesk } from '../../workflows/writing-desk.ts'

import { ApplicationFailure, CancellationScope, condition, defineSignal, setHandler, sleep } from '@temporalio/workflow'
import { type Brief, type Conversation, conversationOf, type Outcome, openRun } from '../../workflows/public.ts'

/** Every verb once, two calls side by side. */
export async function everyVerb(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const [title, verdict] = await Promise.all([
    run.generate('cheap', { prompt: brief.input }),
    run.generate('cheap', { prompt: brief.input, schema: 'Verdict' }),
  ])
  const sum = await run.tool('add', { a: 2, b: 5 })
  const clerk = await run.agent('clerk', 'What is the sum?')
  const child = await run.child('clerk', { input: 'What is the sum, once more?' })
  return run.close({
    title: title.text,
    verdict: verdict.value,
    sum: sum.preview,
    clerk: clerk.text,
    child: child.kind,
  })
}

/** Two children at once, and nothing of its own. */
export async function pair(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const ends = await Promise.all([1, 2].map(() => run.child('clerk', { input: brief.input })))
  return run.close(ends.map(({ kind }) => kind))
}

/** Asks twice while its child is at work, which nobody awaits where its steps end before. */
export async function restless(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  let isSeen = false
  setHandler(defineSignal('seen'), () => {
    isSeen = true
  })
  const child = run.child('clerk', { input: brief.input })
  await condition(() => isSeen)
  for (const prompt of [brief.input, brief.input]) await run.generate('cheap', { prompt })
  return run.close((await child).kind)
}

/** Takes a long result into its hand, and talks with an agent: a turn in each part. */
export async function talk(brief: Brief<TalkInput>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const { lines, conversation } = brief.input
  const [line, ...later] = lines
  if (line === undefined) return run.close(null)
  const { value = '' } = await run.tool<string>('big', {}, { historyBytes: 40_000 })
  const answer = await run.agent('clerk', `${line} ${value.length}`, { conversation })
  return run.continueAsNew({ lines: later, conversation: answer.conversation })
}

interface TalkInput {
  readonly lines: readonly string[]
  readonly conversation?: Conversation
}

/** Asks people two things at once, one again in its next part, and one that nobody answers in time. */
export async function inquirer(brief: Brief<number>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  let gone = false
  setHandler(defineSignal('go'), () => {
    gone = true
  })
  const print = run.ask('print', { question: 'Print it?', withinMs: 3_600_000 })
  if (brief.input === 1) {
    const answers = ['Trains', 'Trains at night'] as const
    await run.ask('title', { question: 'Which title?', answers, withinMs: 3_600_000, otherwise: 'Trains' })
    await condition(() => gone)
    return run.continueAsNew(2)
  }
  const { decision } = await print
  return run.close([decision, (await run.ask('again', { question: 'Again?', withinMs: 300 })).decision])
}

/** Asks for a value. */
export async function corrector(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  return run.close((await run.ask('extract', { question: brief.input, schema: 'Extract' })).value)
}

/** Asks with options that no verb has. */
export async function misspelling(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const asked = { prompt: brief.input, maxTokens: 100 }
  const { text } = await run.generate('cheap', asked)
  const clerk = await run.agent('clerk', text, { budjet: {} } as object)
  return run.close(clerk.text)
}

/** Chooses an agent's tool, and hears of an option that does not exist. */
export async function choosy(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const { text } = await run.agent('clerk', brief.input, { toolChoice: 'add' })
  const refused = await run.agent('clerk', text, { budjet: {} } as object).catch((error: Error) => error.message)
  return run.close({ text, refused })
}

/** Gives an agent an object, and goes on where that is refused. */
export async function orderly(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const { text } = await run.generate('cheap', { prompt: brief.input })
  const order = { station: 'York', pages: 2 }
  const read = await run.agent('clerk', order).then(
    answer => answer.text,
    (error: Error) => error.message,
  )
  return run.close({ text, read })
}

/** Has one agent go on with the conversation of another one, and a call behind it. */
export async function relayed(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const { conversation } = await run.agent('clerk', brief.input)
  const second = await run.agent('walker', 'Go on.', { conversation }).then(
    answer => answer.text,
    (error: Error) => error.message,
  )
  const { text } = await run.generate('cheap', { prompt: second })
  return run.close({ text, second })
}

/** Asks people, and has an agent ask them, for a word that nobody waits for in the end. */
export async function fickle(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const scope = new CancellationScope()
  setHandler(defineSignal('go'), () => scope.cancel())
  const asking = scope.run(() => run.ask('print', { question: brief.input })).catch(() => 'withdrawn')
  const clerk = scope.run(() => run.agent('clerk', 'Please publish this.')).catch(() => 'withdrawn')
  const ends = await Promise.all([asking, clerk])
  return run.close([...ends, (await run.ask('again', { question: 'And now?', answers: 'text' })).decision])
}

/** Asks people for a word that nobody waits for in the end, and once more. */
export async function unsteady(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const scope = new CancellationScope()
  setHandler(defineSignal('go'), () => scope.cancel())
  const word = await scope.run(() => run.ask('print', { question: brief.input })).catch(() => 'withdrawn')
  return run.close([word, (await run.ask('again', { question: 'And now?' })).decision])
}

/** Writes a last word where it is cancelled. */
export async function lastWord(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  await run.ask('print', { question: brief.input }).catch(() => {})
  const { text } = await CancellationScope.nonCancellable(() => run.generate('cheap', { prompt: brief.input }))
  return run.close(text)
}

/** Has a tool that nobody serves, and an agent whose own agent is at work, and cancels both. */
export async function cutting(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const scope = new CancellationScope()
  setHandler(defineSignal('go'), () => scope.cancel())
  const weighed = scope.run(() => run.tool('weigh', {})).catch(() => 'cancelled')
  const led = scope.run(() => run.agent('chief', brief.input)).catch(() => 'cancelled')
  const ends = await Promise.all([weighed, led])
  return run.close([...ends, (await run.generate('cheap', { prompt: 'Say hello.' })).text])
}

/** Asks one model, and another one when it is told not to wait for the first. */
export async function hasty(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const scope = new CancellationScope()
  setHandler(defineSignal('go'), () => scope.cancel())
  const asking = scope.run(() => run.generate('only-one', { prompt: brief.input }))
  const { text } = await asking.catch(() => run.generate('zdr', { prompt: brief.input }))
  return run.close(text)
}

/** Interrupts the first of two verbs that open the run together, and asks once more behind them. */
export async function halfOpened(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const scope = new CancellationScope()
  const ask = () =>
    run.generate('cheap', { prompt: brief.input }).then(
      () => 'answered',
      (error: Error) => error.message,
    )
  const ends = [scope.run(ask), ask()]
  scope.cancel()
  return run.close([...(await Promise.all(ends)), await ask()])
}

/** Asks, and goes on where it is told to stop before the word on it. */
export async function asker(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  let gone = false
  setHandler(defineSignal('go'), () => {
    gone = true
  })
  const asked = run.ask('print', { question: brief.input })
  const word = await asked.then(
    ({ decision }) => decision,
    () => 'no word',
  )
  await condition(() => gone)
  return run.close(word)
}

/** Has an option refused, then gives policies that cannot be written as JSON, and goes on. */
export async function unwritable(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const said: unknown[] = []
  for (const options of [{ maxTokens: 7 }, { policy: { maxInputTokens: 5n } }, { policy: () => true }]) {
    const asked = run.generate('cheap', { prompt: brief.input, ...(options as object) })
    said.push(
      await asked.then(
        () => 'taken',
        (error: Error) => error.message,
      ),
    )
  }
  return run.close(said)
}

/** Gives what JSON would lose, before and after an option has been refused, and to a child. */
export async function forgetful(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const said: unknown[] = []
  const lost = { policy: { allow: () => ['acme'] } }
  for (const options of [lost, { maxTokens: 7 }, { providerOptions: { acme: { seed: Symbol('seed') } } }, lost]) {
    const asked = run.generate('cheap', { prompt: brief.input, ...(options as object) })
    said.push(
      await asked.then(
        () => 'taken',
        (error: Error) => error.message,
      ),
    )
  }
  const budget = { steps: () => 3 } as object
  const child = await run.child('clerk', { input: 'What is the sum?', budget })
  return run.close([...said, child.kind, child.message])
}

/** Has a function refused, and goes on with what JSON would lose as well, of another kind. */
export async function forgiven(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const said: unknown[] = []
  for (const seed of [() => 7, Number.NaN, new Set([7])]) {
    const asked = run.generate('cheap', { prompt: brief.input, ...({ providerOptions: { acme: { seed } } } as object) })
    said.push(
      await asked.then(
        () => 'taken',
        (error: Error) => error.message,
      ),
    )
  }
  return run.close(said)
}

/** Gives values that JSON would lose, to a tool, to a child and at its end. */
export async function lossy(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const seen = new Set([brief.input])
  const sum = await run.tool('add', { a: 1, b: 2, seen }).then(
    ({ preview }) => preview,
    (error: Error) => error.message,
  )
  const child = await run.child('clerk', { input: { seen } })
  const said = [sum, child.kind, child.message]
  return run.close({ said, seen }).catch(() => run.close(said))
}

/** Hands over the whole brief where its terms belong, as no compiler would let it. */
export async function wholesale(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief as object)
  return run.close((await run.generate('cheap', { prompt: brief.input })).text)
}

/** Asks with what its app has a schema for. */
export async function titled({ input, terms }: Brief<{ readonly title: string }>): Promise<Outcome<unknown>> {
  const run = openRun(terms)
  return run.close((await run.generate('cheap', { prompt: input.title })).text)
}

/** Hears one message in each of its two parts; the turn of the first is interrupted while the second waits. */
export async function heard(brief: Brief<Conversation | null>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const turn = new CancellationScope()
  setHandler(defineSignal('interrupt'), () => turn.cancel())
  const said = await run.hear()
  const conversation = brief.input ?? undefined
  try {
    const { text } = await turn.run(() => run.agent('clerk', said.input, { conversation }))
    return run.close(text)
  } catch (error) {
    const cut = conversationOf(error)
    if (!cut) throw error
    return run.continueAsNew(cut)
  }
}

/** Goes on where agents that fail without a call of a model have left it, beside a call of its own. */
export async function undaunted(brief: Brief<string>): Promise<Outcome<unknown>> {
  const run = openRun(brief.terms)
  const failed = (name: string) => run.agent(name, brief.input).catch((error: unknown) => conversationOf(error)!)
  const [conversation, title] = await Promise.all([
    failed('sprinter') as Promise<Conversation>,
    run.generate('cheap', { prompt: brief.input }),
    failed('nobody'),
  ])
  const { text } = await run.agent('clerk', 'Go on.', { conversation })
  return run.close([title.text, text])
}

/** Closes, and fails at what it does then; or returns what it has without closing. */
export async function lastMinute(brief: Brief<'close' | 'return'>): Promise<unknown> {
  const run = openRun(brief.terms)
  const { preview } = await run.tool('add', { a: 2, b: 5 })
  if (brief.input === 'return') return preview
  await run.close(preview)
  await sleep(10)
  throw ApplicationFailure.nonRetryable('nobody takes it')
}
