package dev.merapi.data;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A data set that the field teaches with, known by its name. It is looked for below {@code
 * $MERAPI_DATA} and below the {@linkplain Download#cache() cache}, gzipped or not, and downloaded
 * into the cache where its published files are known.
 *
 * @param name how recipes call it: {@code california-housing}
 * @param summary what it holds, and who has made it, in a line
 * @param folder its folder below {@code $MERAPI_DATA} and the cache
 * @param files the names of its files, without {@code .gz}; the first is the one that tells whether
 *     the set is there
 * @param downloads its published files; none where they are not known to the byte
 * @param publisher who has the set
 */
public record NamedSet(
    String name,
    Kind kind,
    String summary,
    String folder,
    List<String> files,
    List<Download> downloads,
    String publisher) {
  public NamedSet {
    files = List.copyOf(files);
    downloads = List.copyOf(downloads);
  }

  /** What is in a set. */
  public enum Kind {
    /** Pictures with a class each. */
    PICTURES,
    /** Sounds with a class each. */
    SOUNDS,
    /** Rows of columns. */
    TABLE,
    /** A plain text. */
    TEXT
  }

  /** A repository of tables, at one commit, whose bytes never change. */
  private static final String ARFF =
      "https://raw.githubusercontent.com/renatopp/arff-datasets/c59f172882592bb58982cc54d2d3c8a2b57e9b73/";

  private static final List<NamedSet> ALL =
      List.of(
          Mnist.set(),
          FashionMnist.set(),
          Cifar10.set(),
          new NamedSet(
              "cifar10-jpg",
              Kind.PICTURES,
              "5,000 colour pictures of ten things, 32x32, as JPEG (Krizhevsky, 2009)",
              "cifar10-jpg",
              List.of("cifar10_train_5000.zip"),
              List.of(),
              "CIFAR-10, as a folder or zip with one folder a class"),
          new NamedSet(
              "fsdd",
              Kind.SOUNDS,
              "spoken digits of four speakers, WAV of 8 kHz (Jackson et al., 2018)",
              "fsdd",
              List.of("recordings.zip"),
              List.of(),
              "github.com/Jakobovski/free-spoken-digit-dataset"),
          new NamedSet(
              "sst2",
              Kind.TABLE,
              "67,349 phrases of film reviews and 872 sentences, for or against (Socher et al.,"
                  + " 2013)",
              "sst2",
              List.of("train.tsv", "dev.tsv"),
              List.of(),
              "the GLUE benchmark, as train.tsv and dev.tsv"),
          new NamedSet(
              "chnsenticorp",
              Kind.TABLE,
              "7,766 Chinese reviews of hotels, for or against (Tan, 2012)",
              "text-zh",
              List.of("ChnSentiCorp_htl_all.csv"),
              List.of(),
              "ChnSentiCorp_htl_all.csv, with the columns label and review"),
          arff(
              "iris",
              "150 flowers of three kinds, by four lengths (Fisher, 1936)",
              "classification/iris.arff",
              7711,
              "8337af8c82669892e870b8ce12740c919559b88a5f3c92e87097481b84581c89"),
          arff(
              "wine",
              "178 wines of three growers, by thirteen measures (Forina, 1991)",
              "classification/wine.arff",
              14_830,
              "76484e586e485a2f9b4670fe996189337d7abbbeaf5c0cb2def71d8798b952b3"),
          arff(
              "optdigits",
              "5,620 digits in 8x8 pixels (Alpaydin and Kaynak, 1998)",
              "classification/optdigits.arff",
              838_549,
              "82236095695d3d9c2678d9a34f89d47c0c6f83e275e9089f235cb91b9b2804f5"),
          arff(
              "letter",
              "20,000 distorted capitals, by sixteen measures (Frey and Slate, 1991)",
              "classification/letter.arff",
              740_610,
              "4207f96c1a503ce702d555d6ad692bdf0b9171358b324aadef1400b39d0df0c3"),
          arff(
              "dna-splice",
              "3,190 stretches of DNA with or without a splice site (Noordewier et al., 1991)",
              "classification/splice.arff",
              527_517,
              "7e9b1b59c6731059f40bf16874fcac85af43fa65504b05cc6517b1a4c70fd99a"),
          arff(
              "california-housing",
              "prices of homes in 20,640 blocks of California (Pace and Barry, 1997)",
              "regression/cal.housing.arff",
              2_094_550,
              "99ac39a6158b5eddec1a36be650beb5f11ff2e5237e925dfa4cb8d48cc1c7398"),
          new NamedSet(
              "airline",
              Kind.TABLE,
              "passengers of an airline in each of 144 months (Box and Jenkins, 1976)",
              "timeseries",
              List.of("airline-passengers.csv"),
              List.of(),
              "Box and Jenkins, series G"),
          new NamedSet(
              "movielens",
              Kind.TABLE,
              "100,836 ratings of films (Harper and Konstan, 2015)",
              "movielens-latest-small",
              List.of("ratings.csv"),
              List.of(),
              "GroupLens (MovieLens latest-small)"),
          new NamedSet(
              "tiny-shakespeare",
              Kind.TEXT,
              "a million characters of Shakespeare's plays (Karpathy, 2015)",
              "tinyshakespeare",
              List.of("input.txt"),
              List.of(
                  new Download(
                      "input.txt",
                      1_115_394,
                      "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
                      List.of(
                          URI.create(
                              "https://raw.githubusercontent.com/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt")))),
              "github.com/karpathy/char-rnn"));

  private static NamedSet arff(
      String name, String summary, String path, long bytes, String sha256) {
    var file = path.substring(path.indexOf('/') + 1);
    return new NamedSet(
        name,
        Kind.TABLE,
        summary,
        "tabular",
        List.of(file),
        List.of(new Download(file, bytes, sha256, List.of(URI.create(ARFF + path)))),
        "github.com/renatopp/arff-datasets");
  }

  /** All sets that are known by name. */
  public static List<NamedSet> all() {
    return ALL;
  }

  /** The set of that name. */
  public static Optional<NamedSet> find(String name) {
    return ALL.stream().filter(set -> set.name.equals(name)).findFirst();
  }

  /** The names of the sets of a kind. */
  public static List<String> names(Kind kind) {
    return ALL.stream().filter(set -> set.kind == kind).map(NamedSet::name).toList();
  }

  /** Bytes to download; 0 where nothing is. */
  public long bytes() {
    return downloads.stream().mapToLong(Download::bytes).sum();
  }

  /** The first file, where it is on this machine: in {@code $MERAPI_DATA} or in the cache. */
  public Optional<Path> here() {
    return here(System.getenv());
  }

  Optional<Path> here(Map<String, String> environment) {
    return first(folders(environment));
  }

  /**
   * The first file: of a folder that a user named, else of {@code $MERAPI_DATA}, else of the cache,
   * into which it is downloaded once.
   *
   * @param place a folder that has the file, or the set's folder
   * @throws DataException if it is nowhere and cannot be downloaded
   */
  public Path locate(Optional<Path> place, Progress progress) {
    return locate(place, System.getenv(), progress);
  }

  /** The same with other variables of the environment. */
  public Path locate(Optional<Path> place, Map<String, String> environment, Progress progress) {
    var folders =
        place
            .map(named -> List.of(named, named.resolve(folder)))
            .orElseGet(() -> folders(environment));
    var found = first(folders);
    if (found.isPresent()) {
      return found.get();
    }
    if (place.isPresent() || downloads.isEmpty()) {
      throw new DataException(
          "%s: there is no %s in %s; get it from %s, and give its folder with --data or put it there"
              .formatted(name, files.getFirst(), folders.getLast(), publisher));
    }
    var cached = folders.getLast();
    downloads.forEach(download -> download.into(cached, progress));
    return first(List.of(cached)).orElseThrow();
  }

  private List<Path> folders(Map<String, String> environment) {
    var folders = new ArrayList<Path>();
    var shared = environment.getOrDefault("MERAPI_DATA", "");
    if (!shared.isEmpty()) {
      folders.add(Path.of(shared, folder));
    }
    var home = Path.of(System.getProperty("user.home"));
    folders.add(Download.cache(environment, home).resolve(folder));
    return folders;
  }

  private Optional<Path> first(List<Path> folders) {
    return folders.stream()
        .flatMap(
            each ->
                List.of(each.resolve(files.getFirst()), each.resolve(files.getFirst() + ".gz"))
                    .stream())
        .filter(Files::isRegularFile)
        .findFirst();
  }
}
