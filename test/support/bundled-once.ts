/**
 * Has the processes of a run of tests bundle the shipped workflows once between them: who is first leaves the bundle beside the shared one,
 * and who comes later reads it. Bundles with workflows of a test's own are made as ever, but of modules that were read for the shared one where
 * they are the same.
 * On import, for processes that preload it.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BundleOptions } from '@temporalio/worker'
import { WorkflowCodeBundler } from '@temporalio/worker/lib/workflow/bundler.js'
import { WORKFLOWS_PATH } from '../../src/runtime/paths.ts'
import { withBundlerCache } from './bundler-cache.ts'
import { SHARED_BUNDLE } from './shared-bundle.ts'

const { createBundle } = WorkflowCodeBundler.prototype

if (createBundle.name !== 'bundledOnce')
  WorkflowCodeBundler.prototype.createBundle = async function bundledOnce(this: WorkflowCodeBundler) {
    const path = pathFor(this)
    if (path === undefined) return createBundle.call(readingCache(this))
    if (existsSync(path)) return { code: readFileSync(path, 'utf8'), sourceMap: '' }
    const bundle = await createBundle.call(readingCache(this))
    // Whole at once: others may be looking for it.
    writeFileSync(`${path}.${process.pid}`, bundle.code)
    renameSync(`${path}.${process.pid}`, path)
    return bundle
  }

/** Where a run of tests has a folder for it. */
function readingCache(bundler: WorkflowCodeBundler): WorkflowCodeBundler {
  const shared = process.env[SHARED_BUNDLE]
  const { webpackConfigHook } = bundler as unknown as Required<BundleOptions>
  if (shared === undefined) return bundler
  const reading: typeof webpackConfigHook = config =>
    withBundlerCache(webpackConfigHook(config), shared, { readonly: true })
  return Object.assign(bundler, { webpackConfigHook: reading })
}

/** By all that goes into it. Nothing where that cannot be told, and where no run of tests has a folder for it. */
function pathFor(bundler: WorkflowCodeBundler): string | undefined {
  const shared = process.env[SHARED_BUNDLE]
  const { workflowsPath, webpackConfigHook, logger: _, ...asked } = bundler as unknown as Required<BundleOptions>
  const config = {}
  if (shared === undefined || workflowsPath !== WORKFLOWS_PATH || webpackConfigHook(config) !== config) return undefined
  // Where tests run again because a file has changed, the shared bundle is made anew, and so is this one.
  const madeOf = JSON.stringify([asked, statSync(shared).mtimeMs])
  const digest = createHash('sha256').update(madeOf).digest('hex').slice(0, 16)
  return join(dirname(shared), `shipped-${digest}.js`)
}
