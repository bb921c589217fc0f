package dev.merapi.audio;

import dev.merapi.data.DataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jflac.FLACDecoder;
import org.jflac.FrameListener;
import org.jflac.PCMProcessor;
import org.jflac.frame.Frame;
import org.jflac.metadata.Metadata;
import org.jflac.metadata.StreamInfo;
import org.jflac.util.ByteData;

/**
 * Reads FLAC files, by jFLAC. That takes memory for tags, pictures and the like as a file asks for
 * it, however short the file is: it gets to see none of them.
 */
final class FlacReader {
  /** Most bytes that a file may be unpacked to. */
  private static final int MOST_BYTES = 1 << 30;

  private static final int MAGIC = 4; // bytes, and so many before each block of metadata
  private static final int STREAM_INFO = 34; // bytes of the first block, which must be there

  private FlacReader() {}

  /** Ends a search for frames that finds more errors than there are bytes: it does not go on. */
  private static final class Patience implements FrameListener {
    private int left;

    Patience(int errors) {
      this.left = errors;
    }

    @Override
    public void processMetadata(Metadata metadata) {}

    @Override
    public void processFrame(Frame frame) {}

    @Override
    public void processError(String error) {
      if (left-- == 0) {
        throw new DataException(error);
      }
    }
  }

  /** The file with no other metadata than its first block, which says what the sound is. */
  private static byte[] bare(Path place, byte[] bytes) {
    int at = MAGIC;
    boolean last = false;
    while (!last) {
      boolean isFirst = at == MAGIC;
      if (at + MAGIC > bytes.length
          || (isFirst && ((bytes[at] & 0x7F) != 0 || length(bytes, at) != STREAM_INFO))) {
        throw new DataException(
            place
                + ": it is truncated or damaged: it does not say what its sound is; copy it again");
      }
      last = bytes[at] < 0;
      at += MAGIC + length(bytes, at);
    }
    if (at > bytes.length) {
      throw new DataException(place + ": it is truncated: it ends before its sound; copy it again");
    }
    int head = MAGIC + MAGIC + STREAM_INFO;
    var bare = ByteBuffer.allocate(head + bytes.length - at);
    bare.put(bytes, 0, head).put(bytes, at, bytes.length - at);
    return bare.put(MAGIC, (byte) 0x80).array(); // the first block is now the last
  }

  private static int length(byte[] bytes, int at) {
    return (bytes[at + 1] & 0xFF) << 16 | (bytes[at + 2] & 0xFF) << 8 | (bytes[at + 3] & 0xFF);
  }

  static Wave read(Path place, byte[] bytes) {
    var sound = new ByteArrayOutputStream();
    var decoder = new FLACDecoder(new ByteArrayInputStream(bare(place, bytes)));
    decoder.addPCMProcessor(
        new PCMProcessor() {
          @Override
          public void processStreamInfo(StreamInfo info) {}

          @Override
          public void processPCM(ByteData data) {
            if (data.getLen() > MOST_BYTES - sound.size()) {
              throw new DataException("it is longer than 1 GiB");
            }
            sound.write(data.getData(), 0, data.getLen());
          }
        });
    decoder.addFrameListener(new Patience(bytes.length));
    try {
      decoder.decode();
    } catch (IOException | RuntimeException e) { // damage shows as either
      throw new DataException(
          "%s: the sound cannot be decoded, it may be truncated or damaged (%s); copy it again"
              .formatted(place, e.getMessage()),
          e);
    }
    var info = decoder.getStreamInfo();
    if (info.getBitsPerSample() % 8 != 0
        || info.getBitsPerSample() > 24
        || info.getSampleRate() < 1) {
      throw new DataException(
          "%s: it holds samples of %d bits, %d a second; save it with 8, 16 or 24 bits"
              .formatted(place, info.getBitsPerSample(), info.getSampleRate()));
    }
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
