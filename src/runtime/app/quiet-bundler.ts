/**
 * What the bundler of workflows logs.
 *
 * @module
 */
import type { Logger } from '@temporalio/common'
import { bundleErrors } from './bundle-errors.ts'

/**
 * A logger for the bundler, whose report of modules and sizes goes to debug: at twenty lines a start it is of use to who debugs a
 * build, not to who runs a worker. Where bundling fails, only what is wrong stays an error.
 */
export function quietBundler(logger: Logger): Logger {
  return {
    log: (level, message, metadata) => logger.log(level === 'INFO' ? 'DEBUG' : level, message, metadata),
    trace: (message, metadata) => logger.trace(message, metadata),
    debug: (message, metadata) => logger.debug(message, metadata),
    info: (message, metadata) => logger.debug(message, metadata),
    warn: (message, metadata) => logger.warn(message, metadata),
    error(message, metadata) {
      logger.error(bundleErrors(message), metadata)
      logger.debug(message, metadata)
    },
  }
}
