import { loadCatalogue } from '../../../src/catalog/catalogue.ts'
import type { Configuration } from '../../../src/catalog/configuration/configuration.ts'
import { readConfiguration } from '../../../src/catalog/configuration/read-configuration.ts'
import { describeProblems } from '../../../src/catalog/configuration/text/problem.ts'
import type { Environment } from '../../../src/catalog/configuration/variables/variables.ts'

export const catalogue = loadCatalogue({ pricesAt: new Date('2026-09-20T12:00:00Z') })

type Result = ReturnType<typeof readConfiguration>

/** With the shipped catalogue. */
export const readText = (text: string, env: Environment = {}): Result => readConfiguration(text, { env, catalogue })

/** @throws with the problems */
export function soundOf(result: Result): Configuration {
  if (!result.ok) throw new Error(describeProblems(result.problems))
  return result.configuration
}

/** As `config check` prints them; none is an empty text. */
export function problemsOf(result: Result, file?: string): string {
  return result.ok ? '' : describeProblems(result.problems, file)
}
