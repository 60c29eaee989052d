// A photograph loses everything but its visible pixels here, before it waits or is sent: it is drawn on a canvas and
// written anew. What the camera wrote beside it (place, time, device) stays behind. The server does the same again.
const MOST_SIDE = 2560; // pixels
const QUALITY = 0.85;
export const MOST_BYTES = 40 * 1000 * 1000; // what a telephone can still open without being killed

// The picture as a JPEG blob. Throws where it is none that this browser opens.
export async function written(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const shrink = Math.min(1, MOST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * shrink));
    canvas.height = Math.max(1, Math.round(bitmap.height * shrink));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#ffffff"; // a JPEG has no transparency
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob) throw new Error("not written");
    return blob;
  } finally {
    bitmap.close();
  }
}

// 4 bytes that say how long the words are, the words as JSON, the picture (incidents/field/sealing.py).
export async function packed(about, blob) {
  const words = new TextEncoder().encode(JSON.stringify(about));
  const picture = new Uint8Array(await blob.arrayBuffer());
  const whole = new Uint8Array(4 + words.length + picture.length);
  new DataView(whole.buffer).setUint32(0, words.length);
  whole.set(words, 4);
  whole.set(picture, 4 + words.length);
  return whole;
}
