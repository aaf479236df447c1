using Bridge.Simulator.Commands;
using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Load;

/// <summary>What <c>load</c> was asked for.</summary>
internal sealed record LoadOptions
{
    private static readonly Dictionary<string, string> Known = new()
    {
        ["bridge"] = Figures.Subjects.Bridge, ["relay"] = Figures.Subjects.Relay, ["tuned"] = Figures.Subjects.Tuned,
    };

    public required LoadPlan Plan { get; init; }

    /// <summary>How often each subject has its turn.</summary>
    public required int Rounds { get; init; }

    /// <summary>What is measured, of <see cref="Figures.Subjects"/>, in the order of the turns.</summary>
    public required IReadOnlyList<string> Subjects { get; init; }

    /// <summary>The webhook of a bridge that runs already; null: one of our own for each run.</summary>
    public Uri? Url { get; init; }

    /// <summary>Where the model listens: a bridge that runs already must have been told. 0: anywhere.</summary>
    public int ModelPort { get; init; }

    /// <summary>The process of the bridge that runs already; without it nobody knows what it cost.</summary>
    public int? Pid { get; init; }

    /// <summary>With what, and for which address, calls to a bridge that runs already are signed.</summary>
    public string? AuthToken { get; init; }

    public Uri? PublicUrl { get; init; }

    /// <summary>Calls in which nobody speaks: what a standing call holds.</summary>
    public bool IsQuiet => Plan.IsQuiet;

    /// <summary>Set-ups a second to sustain in place of standing calls; 0: standing calls.</summary>
    public double SetUpsPerSecond => Plan.SetUpsPerSecond;

    public string? JsonFile { get; init; }

    public bool IsVerbose { get; init; }

    /// <summary>Further variables of our own bridge's environment: to try a setting.</summary>
    public IReadOnlyDictionary<string, string?> BridgeWith { get; init; } = new Dictionary<string, string?>();

    /// <summary>Variables of the tuned relay's environment.</summary>
    public IReadOnlyDictionary<string, string?> TunedWith { get; init; } = TunedRuntime.Variables;

    /// <exception cref="UsageException">Something is wrong; the message says what.</exception>
    public static LoadOptions Parse(IEnumerable<string> arguments)
    {
        var line = new CommandLine(
            arguments,
            ["--calls", "--seconds", "--warm", "--rounds", "--ramp", "--url", "--model-port", "--pid", "--auth-token", "--public-url", "--subjects", "--setups", "--json", "--bridge-with", "--tuned-with"],
            ["--tls", "--quiet", "--verbose"]);
        var url = line.Address("--url");
        Check(line, url);
        return new LoadOptions
        {
            Plan = new LoadPlan(
                line.Whole("--calls", 200, 1, 5000),
                TimeSpan.FromSeconds(line.Number("--seconds", 20, 1, 7200)),
                TimeSpan.FromSeconds(line.Number("--warm", 5, 0, 600)),
                line.Number("--ramp", 100, 1, 5000),
                line.Has("--tls"),
                line.Has("--quiet"),
                line.Number("--setups", 0, 0, 5000)),
            Rounds = line.Whole("--rounds", 2, 1, 20),
            Subjects = Names(line.Text("--subjects")),
            Url = url,
            ModelPort = url is null ? 0 : line.Whole("--model-port", 9000, 1, 65535),
            Pid = line.Text("--pid") is null ? null : line.Whole("--pid", 0, 1, int.MaxValue),
            AuthToken = line.Text("--auth-token") ?? (url is null ? null : Variable("TWILIO_AUTH_TOKEN")?.Split(',')[0].Trim()),
            PublicUrl = line.Address("--public-url") ?? (url is null ? null : CommandLine.Address("PUBLIC_BASE_URL", Variable("PUBLIC_BASE_URL"))),
            JsonFile = line.Text("--json"),
            IsVerbose = line.Has("--verbose"),
            BridgeWith = Variables("--bridge-with", line.Text("--bridge-with")),
            TunedWith = line.Text("--tuned-with") is { } tuned ? Variables("--tuned-with", tuned) : TunedRuntime.Variables,
        };
    }

    private static void Check(CommandLine line, Uri? url)
    {
        if (url is null && Array.Find(["--model-port", "--pid", "--auth-token", "--public-url"], option => line.Text(option) is not null) is { } alone)
            throw new UsageException($"{alone} is about a bridge that runs already: give its webhook too, --url.");
        if (line.Has("--quiet") && line.Number("--setups", 0, 0, 5000) > 0)
            throw new UsageException("--quiet and --setups are two different loads: one at a time.");
        // After an hour of measuring would be late to say so.
        if (line.Text("--json") is { } file && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"--json: there is no folder {folder}.");
    }

    private static List<string> Names(string? text)
    {
        if (text is null)
            return [.. Known.Values];
        var words = text.Split(',', StringSplitOptions.TrimEntries);
        if (Array.Find(words, word => !Known.ContainsKey(word)) is { } unknown)
            throw new UsageException($"--subjects are of {string.Join(", ", Known.Keys)}, with commas between them; '{unknown}' is none.");
        return words.Distinct().Count() == words.Length
            ? [.. words.Select(word => Known[word])]
            : throw new UsageException($"--subjects names one twice: '{text}'.");
    }

    /// <summary>Reads <c>NAME=VALUE,NAME=VALUE</c>.</summary>
    internal static Dictionary<string, string?> Variables(string option, string? text)
    {
        var variables = new Dictionary<string, string?>();
        foreach (var one in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = one.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
                throw new UsageException($"{option} is NAME=VALUE, with commas between several; '{one}' is none.");
            variables[one[..at]] = one[(at + 1)..];
        }

        return variables;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
