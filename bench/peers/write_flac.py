"""A WAV file as FLAC: write_flac.py IN.wav OUT.flac."""

import sys

import soundfile

samples, rate = soundfile.read(sys.argv[1], dtype="int16")
soundfile.write(sys.argv[2], samples, rate)
