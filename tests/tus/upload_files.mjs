// The unmodified tus-js-client: sends every file named on standard input, several at once, and
// prints how many requests had to be tried again.
import { createReadStream } from 'node:fs'
import { text } from 'node:stream/consumers'
import tus from 'tus-js-client'

const { endpoint, token, files, atOnce, chunkSize, withCreation } = JSON.parse(await text(process.stdin))
let retries = 0

function send({ path, sha256, size }) {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(createReadStream(path), {
      endpoint,
      uploadSize: size,
      chunkSize: chunkSize ?? Infinity,
      uploadDataDuringCreation: withCreation,
      headers: { Authorization: `Bearer ${token}` },
      metadata: { sha256, filename: 'photo.jpg', filetype: 'image/jpeg' },
      retryDelays: Array.from({ length: 40 }, (_, turn) => Math.min(20 * turn, 400)),
      onShouldRetry(error, _attempt, options) {
        retries += 1
        const status = error.originalResponse?.getStatus() ?? 0
        return status < 400 || status >= 500 || status === 409 || status === 423
      },
      onError: reject,
      onSuccess: resolve,
    })
    upload.start()
  })
}

const waiting = files.values()
async function work() {
  for (const file of waiting) await send(file)
}
await Promise.all(Array.from({ length: atOnce }, work))
console.log(JSON.stringify({ retries }))
