package dev.merapi.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Folders of pictures and sounds of a user's own, from the command line. */
class MediaTest extends CommandTest {

  @Test
  void aFolderOfPicturesBecomesAModel() throws IOException {
    var flags = flags(12);
    var trained =
        train(
            "cifar10-cnn",
            flags,
            "--epochs=12",
            "--set=data.size=8",
            "--set=augment.crop=1",
            "--set=training.batch=8",
            "--set=data.test=0.25");
    assertEquals(0, run(trained), err);
    assertEquals(1.0, json().get("test_accuracy").asDouble(), out);
    var run = json().get("run").asString();

    var file = flags.resolve("blue/3.png").toString();
    assertEquals(0, run("predict", run, file, "--json"), err);
    var best = json().get("predictions").get(0).get("candidates").get(0);
    assertEquals("blue", best.get("label").asString());

    assertEquals(0, run("eval", run, "--data", flags.toString(), "--json"), err);
    assertEquals("accuracy", json().get("measures").get(0).get("name").asString());
    assertTrue(Files.isRegularFile(Path.of(run, "report.html")));
  }

  @Test
  void aBrokenPictureIsNamedAndCanBeLeftOut() throws IOException {
    var flags = flags(6);
    Files.writeString(flags.resolve("red/broken.png"), "no picture");
    var plain = train("cifar10-cnn", flags, "--epochs=1", "--set=data.size=8");
    assertEquals(2, run(plain), out);
    assertTrue(err.contains("broken.png") && err.contains("on_bad_picture"), err);
    plain.add("--set=data.on_bad_picture=skip");
    assertEquals(0, run(plain), err);
    assertTrue(
        out.contains("1 file could not be read and is left out") && out.contains("broken.png"),
        out);
  }

  @Test
  void mixedPicturesTrainToo() throws IOException {
    var mixed =
        train(
            "cifar10-cnn", flags(6), "--epochs=1", "--set=data.size=8", "--set=augment.mixup=0.4");
    assertEquals(0, run(mixed), err);
  }

  @Test
  void augmentationOfTablesAndReconstructionsIsRefused() {
    assertEquals(
        2,
        run("train", "mnist-autoencoder", "--set=augment={kind: pictures}", "--runs", runs()),
        out);
    assertTrue(err.contains("augment"), err);
  }

  @Test
  void aFolderOfSoundsBecomesAModel() throws IOException {
    var sounds = tones(8);
    var arguments =
        train(
            "spoken-digits",
            sounds,
            "--epochs=15",
            "--set=data.label=null",
            "--set=data.test_files=null",
            "--set=data.test=0.25",
            "--set=data.seconds=0.2",
            "--set=training.batch=6");
    assertEquals(0, run(arguments), err);
    assertEquals(1.0, json().get("test_accuracy").asDouble(), out);
    var run = json().get("run").asString();
    assertEquals(0, run("predict", run, sounds.resolve("low/3.wav").toString(), "--json"), err);
    var best = json().get("predictions").get(0).get("candidates").get(0);
    assertEquals("low", best.get("label").asString());
    tone("test/high/like-low.wav", 330);
    tone("test/low/low.wav", 320);
    assertEquals(0, run("eval", run, "--data", sounds.toString()), err);
    var report = Files.readString(Path.of(run, "report.html"));
    assertTrue(report.contains("like-low.wav"), "the worst examples are named");
  }

  @Test
  void foldsOfSoundsAreAugmentedToo() throws IOException {
    var folds =
        run(
            "cv",
            "spoken-digits",
            "--folds=2",
            "--data=" + tones(4),
            "--runs=" + runs(),
            "--json",
            "--epochs=2",
            "--set=data.label=null",
            "--set=data.test_files=null",
            "--set=data.seconds=0.2",
            "--set=augment.mixup=0.3",
            "--set=training.batch=2");
    assertEquals(0, folds, err);
    assertEquals(4, json().get("results").get(1).get("samples").asInt());
  }

  private Path tones(int each) throws IOException {
    for (int i = 0; i < each; i++) {
      tone("low/%d.wav".formatted(i), 300 + 10 * i);
      tone("high/%d.wav".formatted(i), 2000 + 40 * i);
    }
    return folder.resolve("sounds");
  }

  /** A fifth of a second, 8,000 samples a second, 16 bits. */
  private void tone(String name, double hertz) throws IOException {
    int samples = 1600;
    var file = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples);
    file.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    file.putShort((short) 1).putShort((short) 1).putInt(8000).putInt(16_000);
    file.putShort((short) 2).putShort((short) 16);
    file.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples);
    for (int i = 0; i < samples; i++) {
      file.putShort((short) (10_000 * Math.sin(2 * Math.PI * hertz * i / 8000)));
    }
    var path = folder.resolve("sounds").resolve(name);
    Files.createDirectories(path.getParent());
    Files.write(path, file.array());
  }

  @Test
  void foldersAreShownAndGetARecipe() throws IOException {
    var flags = flags(12);
    Files.copy(flags.resolve("red/1.png"), flags.resolve("red/copy.png"));
    Files.writeString(flags.resolve("red/broken.png"), "no picture");
    var png = folder.resolve("sheet.png");
    assertEquals(0, run("data", "show", flags.toString(), "--png=" + png, "--json"), err);
    assertTrue(out.contains("25 pictures, 2 classes"), out);
    assertTrue(out.contains("1 cannot be read") && out.contains("broken.png"), out);
    assertTrue(out.contains("1 file repeats another one to the byte"), out);
    assertTrue(out.contains("class   blue  12") && out.contains("class   red   13"), out);
    assertTrue(out.contains("9 to 20 (middle 16) wide"), out);
    assertEquals(25, json().get("summary").get("folder").get("files").asInt());
    assertTrue(ImageIO.read(png.toFile()).getWidth() > 500);
    learned(flags);

    var sounds = tones(8);
    assertEquals(0, run("data", "show", sounds.toString(), "--png=" + png), err);
    assertTrue(out.contains("16 sounds, 2 classes") && out.contains("8000 16"), out);
    assertTrue(out.contains("length  0.20 seconds"), out);
    learned(sounds);
  }

  @Test
  void theBinaryFilesOfCifarAreRead() throws IOException {
    var files = Files.createDirectories(folder.resolve("cifar-10-batches-bin"));
    byte[] records = new byte[40 * 3073];
    for (int i = 0; i < 40; i++) { // class i % 10, its first colour as bright as that
      records[i * 3073] = (byte) (i % 10);
      Arrays.fill(records, i * 3073 + 1, i * 3073 + 1025, (byte) (25 * (i % 10)));
    }
    Files.write(files.resolve("data_batch_1.bin"), records);
    Files.write(files.resolve("test_batch.bin"), Arrays.copyOf(records, 10 * 3073));
    var cifar =
        train(
            "cifar10-cnn",
            folder,
            "--epochs=1",
            "--set=data={kind: cifar10}",
            "--set=training.batch=4");
    assertEquals(0, run(cifar), err);
    assertTrue(out.contains("36 samples to learn from, 4 held out, 10 to test"), out);
    var sheet = folder.resolve("cifar.png");
    assertEquals(0, run("data", "show", files.toString(), "--png=" + sheet), err);
    assertTrue(out.contains("40 pictures to learn from, 10 to test, 10 classes"), out);
    var seen = ImageIO.read(sheet.toFile());
    assertEquals(10 * (64 + 4) + 4, seen.getHeight()); // a row a class, twice as large
    assertEquals(0xFFE10000, seen.getRGB(150, 9 * 68 + 10)); // 225 of red, the truck
    records[3073] = 10;
    Files.write(files.resolve("data_batch_1.bin"), records);
    assertEquals(2, run(cifar), out);
    assertTrue(err.contains("record 2 is of class 10"), err);
    Files.write(files.resolve("data_batch_1.bin"), Arrays.copyOf(records, 5000));
    assertEquals(2, run(cifar), out);
    assertTrue(err.contains("data_batch_1.bin") && err.contains("truncated"), err);
  }

  @Test
  void copiesAcrossPartsAreReported() throws IOException {
    var flags = flags(6);
    Files.createDirectories(flags.resolve("test/red"));
    Files.copy(flags.resolve("red/1.png"), flags.resolve("test/red/again.png"));
    assertEquals(0, run(train("cifar10-cnn", flags, "--epochs=1", "--set=data.size=8")), err);
    assertTrue(out.contains("leakage: 1 of the pictures") && out.contains("again.png"), out);
  }

  /** The recipe that init writes trains. */
  private void learned(Path data) {
    var recipe = folder.resolve(data.getFileName() + ".yaml").toString();
    assertEquals(0, run("init", data.toString(), "--out", recipe), err);
    assertEquals(0, run("train", recipe, "--epochs=2", "--runs", runs(), "--json"), err);
    assertEquals(2, json().get("epochs").asInt());
  }

  @Test
  void aPlaceThatIsNoneIsSaid() {
    assertEquals(2, run(train("cifar10-cnn", folder.resolve("nowhere"))));
    assertTrue(err.contains("nowhere"), err);
  }

  private List<String> train(String recipe, Path data, String... more) {
    var arguments = new ArrayList<>(List.of("train", recipe, "--data", data.toString(), "--json"));
    arguments.addAll(List.of("--runs", runs()));
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** Plain pictures of two colours, in odd sizes. */
  private Path flags(int each) throws IOException {
    for (int i = 0; i < each; i++) {
      flag("red/%d.png".formatted(i), new Color(255 - 5 * i, 5 * i, 0), 9 + i, 12);
      flag("blue/%d.png".formatted(i), new Color(0, 5 * i, 255 - 5 * i), 16, 10 + i);
    }
    return folder.resolve("flags");
  }

  private void flag(String name, Color color, int width, int height) throws IOException {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, color.getRGB());
    }
    var file = folder.resolve("flags").resolve(name);
    Files.createDirectories(file.getParent());
    assertTrue(ImageIO.write(image, "png", file.toFile()));
  }
}
