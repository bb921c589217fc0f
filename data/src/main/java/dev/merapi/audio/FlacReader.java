package dev.merapi.audio;

import dev.merapi.data.DataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jflac.FLACDecoder;
import org.jflac.PCMProcessor;
import org.jflac.metadata.StreamInfo;
import org.jflac.util.ByteData;

/** Reads FLAC files, by jFLAC. */
final class FlacReader {
  private FlacReader() {}

  static Wave read(Path place, byte[] bytes) {
    var sound = new ByteArrayOutputStream();
    var decoder = new FLACDecoder(new ByteArrayInputStream(bytes));
    decoder.addPCMProcessor(
        new PCMProcessor() {
          @Override
          public void processStreamInfo(StreamInfo info) {}

          @Override
          public void processPCM(ByteData data) {
            sound.write(data.getData(), 0, data.getLen());
          }
        });
    try {
      decoder.decode();
    } catch (IOException | RuntimeException e) { // damage shows as either
      throw new DataException(
          "%s: the sound cannot be decoded, it may be truncated or damaged (%s); copy it again"
              .formatted(place, e.getMessage()),
          e);
    }
    var info = decoder.getStreamInfo();
    int width = info.getBitsPerSample() / 8;
    var data = ByteBuffer.wrap(sound.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int count = data.limit() / width;
    if (count == 0 || count < info.getTotalSamples() * info.getChannels()) {
      throw new DataException(
          "%s: it is truncated: %d of %d samples are there; copy it again"
              .formatted(place, count / info.getChannels(), info.getTotalSamples()));
    }
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] =
          switch (width) {
            case 1 -> ((data.get(i) & 0xFF) - 128) * 0x1p-7f; // jFLAC gives WAV's unsigned bytes
            case 2 -> data.getShort(2 * i) * 0x1p-15f;
            default -> ((data.get(3 * i + 2) << 16) | (data.getShort(3 * i) & 0xFFFF)) * 0x1p-23f;
          };
    }
    return new Wave(Wave.mono(samples, info.getChannels()), info.getSampleRate());
  }
}
