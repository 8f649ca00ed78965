/**
 * What crosses a boundary is plain JSON: this file compiles only while every input and result of workflows and activities
 * comes out of `JSON.parse(JSON.stringify(value))` as it went in. Checked by `npm run check`.
 *
 * @module
 */
import type { Activities } from '../../activities/contract.ts'
import type { RunEvent } from '../../src/core/events.ts'
import type { JsonValue, ProviderOptions } from '../../src/core/messages.ts'
import type { AgentPlan, Brief, Decision, Outcome, RunState } from '../../src/core/protocol.ts'

/** What is for one vendor's package alone passes as it is. */
type Foreign = ProviderOptions

/** `true`, or the path of the first things that JSON loses: a date, a map, a big integer, a function, the unknown. */
type Plain<T, Path extends string = ''> = unknown extends T
  ? Lost<Path>
  : T extends JsonValue | Foreign | undefined
    ? true
    : T extends bigint | symbol | Date | Uint8Array | URL | ((...values: never[]) => unknown) | Iterator<unknown>
      ? Lost<Path>
      : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | Promise<unknown>
        ? Lost<Path>
        : T extends readonly (infer Item)[]
          ? Plain<Item, `${Path}[]`>
          : { [Key in keyof T & string]-?: Plain<T[Key], `${Path}.${Key}`> }[keyof T & string]

interface Lost<Path extends string> {
  readonly lostIn: Path
}

/** Refuses a type argument in which something is lost; the compiler's message names its path. */
type AllPlain<T extends true> = T

type Inputs = { [Name in keyof Activities]: Parameters<Activities[Name]>[0] }
type Results = { [Name in keyof Activities]: Exclude<Awaited<ReturnType<Activities[Name]>>, void> }

export type Checked = [
  AllPlain<Plain<Inputs>>,
  AllPlain<Plain<Results>>,
  AllPlain<Plain<Brief>>,
  AllPlain<Plain<Outcome>>,
  AllPlain<Plain<RunState>>,
  AllPlain<Plain<AgentPlan>>,
  AllPlain<Plain<Decision>>,
  AllPlain<Plain<RunEvent>>,
]

/** The check itself can fail. */
export type Refused = [
  // @ts-expect-error a date comes back as a string
  AllPlain<Plain<{ readonly deep: readonly { readonly at: Date }[] }>>,
  // @ts-expect-error a big integer cannot be written at all
  AllPlain<Plain<{ readonly pico?: bigint }>>,
  // @ts-expect-error a map comes back empty
  AllPlain<Plain<{ readonly found: ReadonlyMap<string, string> }>>,
  // @ts-expect-error a function is left out
  AllPlain<Plain<{ readonly run: () => void }>>,
]
