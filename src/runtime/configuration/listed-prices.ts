import { existsSync } from 'node:fs'
import type { Price } from '../../core/endpoints.ts'
import { DEFAULT_CONFIGURATION_PATH, loadConfiguration } from './configuration.ts'
import { ConfigurationProblem } from './configuration-problem.ts'

/**
 * What the endpoints of a configuration cost by the lists and the file, by their ids. Without a path those of the usual file, or none where
 * that is missing or wrong: who looks at endpoints may have other trouble.
 *
 * @throws ConfigurationProblem for a file that was named, and is missing or wrong.
 */
export async function listedPrices(
  path: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, Price>> {
  if (path === undefined && !existsSync(DEFAULT_CONFIGURATION_PATH)) return new Map()
  try {
    const { directory } = await loadConfiguration(path, env, { asksNobody: true })
    return new Map(directory.endpoints.flatMap(({ id, price }) => (price ? [[id, price] as const] : [])))
  } catch (error) {
    if (path !== undefined || !(error instanceof ConfigurationProblem)) throw error
    return new Map()
  }
}
