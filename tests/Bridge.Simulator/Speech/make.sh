#!/bin/sh
# Makes every clip of this folder anew from lines.txt (needs flite and sox). See README.md.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

speak() # voice, text, output: 8 kHz 16 bit mono WAV, without silence at its ends, at -3 dB
{
    flite --setf duration_stretch=0.9 -voice "$1" -t "$2" -o "$work/raw.wav"
    sox -R "$work/raw.wav" -r 8000 -c 1 -b 16 "$3" silence 1 0.02 0.5% reverse silence 1 0.02 0.5% reverse norm -3
}

while IFS='|' read -r name voice text
do
    speak "$voice" "$text" "$work/clip.wav"
    sox -R -D "$work/clip.wav" -t raw -e mu-law -b 8 -r 8000 -c 1 "$name.ulaw"
done < lines.txt

speak rms "Hello. How does a telephone work?" "$work/one.wav"
speak rms "And now a short story, please." "$work/two.wav"
sox -R -D "$work/one.wav" "$work/padded.wav" pad 0 3
sox -R -D "$work/padded.wav" "$work/two.wav" caller-hello.wav
