#!/bin/sh
# Makes the sound files beside it: 0.25 s, left 0.5 · sin(2π · 440 t), right 0.25 · sin(2π · 1000 t), 16-bit.
# Tried with SoX 14.4.2, FLAC 1.4.2, LAME 3.100, oggenc (vorbis-tools 1.4.2), opusenc (opus-tools 0.2).
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

for rate in 48000 44100 16000; do
  sox -D -R -r $rate -n -b 16 "$work/left.wav" synth 0.25 sine 440 vol 0.5
  sox -D -R -r $rate -n -b 16 "$work/right.wav" synth 0.25 sine 1000 vol 0.25
  sox -D -R -M "$work/left.wav" "$work/right.wav" "$work/stereo-$rate.wav"
  cp "$work/left.wav" "$work/mono-$rate.wav"
done

flac --silent --no-padding --no-seektable --force --best -o stereo.flac "$work/stereo-48000.wav"
# From a pipe to a pipe: the encoder never learns how many samples there are.
sox "$work/mono-16000.wav" -t raw - | flac --silent --no-padding --no-seektable --stdout --best --force-raw-format \
  --endian=little --sign=signed --channels=1 --bps=16 --sample-rate=16000 - 2>/dev/null | cat > mono-piped.flac
lame --quiet --resample 44.1 -b 128 "$work/stereo-44100.wav" stereo.mp3
# Its first frame, which holds no sound, is longer than a kilobyte. The one here was written by libsndfile 1.2.2.
lame --quiet --resample 44.1 -b 320 "$work/stereo-44100.wav" stereo-320.mp3
lame --quiet --resample 16 -b 64 "$work/mono-16000.wav" mono.mp3
lame --quiet --resample 16 -b 64 -t "$work/mono-16000.wav" mono-without-info.mp3
oggenc --quiet -q 4 -s 1 -o stereo-vorbis.ogg "$work/stereo-44100.wav"
opusenc --quiet --padding 0 --bitrate 48 --serial 1 "$work/stereo-48000.wav" stereo-opus.ogg
