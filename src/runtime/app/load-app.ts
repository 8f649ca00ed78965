/**
 * Loads the module in which a user says what their code brings to a worker.
 *
 * @module
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { APP_EXPORTS, type App } from './app.ts'
import { droppedExports } from './dropped-exports.ts'
import { isModule } from './is-module.ts'
import { misspeltExports, perhapsMeant, READ } from './misspelt-exports.ts'
import { unloadableApp } from './unloadable-app.ts'
import { wrongLists } from './wrong-lists.ts'

/**
 * Loads the module that `app:` in the configuration names. It exports `agents`, `tools`, `schemas`, `mcpServers`, `classes`,
 * `inputs` and `workflowsPath`, all optional, or one default export with these.
 *
 * @throws ConfigurationProblem if there is no such module, it cannot be loaded, or it exports none of these. If the module itself throws,
 * that error is the `cause`.
 */
export async function loadApp(path: string): Promise<App> {
  const absolute = resolve(path)
  if (!isModule(absolute))
    throw new ConfigurationProblem(`there is no module ${absolute}; correct \`app:\` in the configuration, or --app`)
  const module = await load(absolute)
  const exported = { ...module.default, ...module }
  const found: App = Object.fromEntries(APP_EXPORTS.map(name => [name, exported[name]]))
  const dropped = await droppedExports(absolute, exported)
  if (dropped.length > 0) throw new ConfigurationProblem(`the app ${path} ${dropped.join('; it ')}`)
  if (Object.values(found).every(value => value === undefined))
    throw new ConfigurationProblem(
      `${path} exports none of ${READ.join(', ')}; a worker would have nothing of yours to serve${perhapsMeant(exported)}`,
    )
  const lists = wrongLists(found, { verb: 'exports', write: name => `export const ${name} = [ … ]` })
  const wrong = [...lists, ...misspeltExports(exported)]
  if (wrong.length > 0) throw new ConfigurationProblem(`the app ${path} ${wrong.join('; it ')}`)
  return found
}

/** {@link loadApp}, where an app is named; else one with nothing in it. */
export async function appAt(path: string | undefined): Promise<App> {
  return path === undefined ? {} : loadApp(path)
}

async function load(path: string): Promise<App & { readonly default?: App }> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    throw unloadableApp(path, error)
  }
}
