using System.Xml;
using System.Xml.Linq;

namespace Bridge.Simulator.Caller;

/// <summary>What a webhook's answer makes of the call.</summary>
public enum TwimlKind
{
    /// <summary>A media stream is opened.</summary>
    Connect,

    /// <summary>Turned away without being answered.</summary>
    Reject,

    /// <summary>Something may be said, then the call ends.</summary>
    Hangup,

    /// <summary>The call is handed over to somebody else.</summary>
    Dial,

    /// <summary>Something may be said, and no verb says how to go on: Twilio ends the call.</summary>
    OutOfVerbs,
}

/// <summary>One verb, with its attributes and its text.</summary>
public sealed record TwimlVerb(string Name, IReadOnlyDictionary<string, string> Attributes, string Text);

/// <summary>An answer that Twilio would not run, or would run with a warning. The message begins with Twilio's error number.</summary>
public sealed class TwimlException(string message) : Exception(message);

/// <summary>
/// A webhook's answer, read more strictly than Twilio reads it: what Twilio only warns about is refused.
/// <paramref name="Before"/> and <paramref name="After"/> are the verbs round Connect, the latter run once the stream is over.
/// </summary>
public sealed record TwimlAnswer(
    TwimlKind Kind,
    Uri? StreamUrl,
    string StreamUrlAsWritten,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<TwimlVerb> Before,
    IReadOnlyList<TwimlVerb> After,
    string Xml)
{
    /// <summary>Somebody who was told nothing at all.</summary>
    public static readonly TwimlAnswer None = new(TwimlKind.OutOfVerbs, null, "", new Dictionary<string, string>(), [], [], "");

    private static readonly HashSet<string> ContentTypes = ["text/xml", "application/xml"];

    private static readonly Dictionary<string, HashSet<string>> Verbs = new()
    {
        ["Say"] = ["voice", "language", "loop"],
        ["Pause"] = ["length"],
        ["Connect"] = ["action", "method"],
        ["Stream"] = ["url", "name", "track", "statusCallback", "statusCallbackMethod"],
        ["Parameter"] = ["name", "value"],
        ["Hangup"] = [],
        ["Reject"] = ["reason"],
        ["Dial"] = ["action", "answerOnBridge", "callerId", "method", "timeLimit", "timeout"],
        ["Number"] = [],
        ["Sip"] = [],
    };

    /// <summary>The document's own address, as Twilio knows it: what is relative in it is relative to this.</summary>
    public string Url { get; init; } = "";

    /// <summary>Whom to ask when Connect is over, as written; null: the verbs after it say how to go on.</summary>
    public string? Action { get; init; }

    /// <summary>GET or POST, for <see cref="Action"/>.</summary>
    public string ActionMethod { get; init; } = "POST";

    /// <summary>The verbs after Connect, as an answer of their own; null when there is no Connect.</summary>
    public TwimlAnswer? Next { get; init; }

    /// <summary>
    /// Reads an answer, or says why Twilio would not take it. With <paramref name="mustEnd"/> one that leaves open what becomes of the call
    /// is refused too.
    /// </summary>
    public static TwimlAnswer Parse(string? contentType, long? contentLength, string body, bool mustEnd = true)
    {
        if (contentType is null || !ContentTypes.Contains(contentType.ToLowerInvariant()))
            throw new TwimlException($"12300: the content type is '{contentType}', not text/xml.");
        if (contentLength is null or > 64 * 1024)
        {
            var length = contentLength?.ToString() ?? "missing";
            throw new TwimlException($"11750: the answer's Content-Length is {length}; it must be there and at most 64 KB.");
        }

        if (!body.StartsWith('<'))
            throw new TwimlException("12100: the answer does not begin with '<'.");
        return FromRoot(Load(body), body, mustEnd);
    }

    private static XElement Load(string body)
    {
        try
        {
            return XDocument.Parse(body).Root!;
        }
        catch (XmlException exception)
        {
            throw new TwimlException("12100: the answer is not XML: " + exception.Message);
        }
    }

    private static TwimlAnswer FromRoot(XElement root, string body, bool mustEnd)
    {
        if (root.Name != "Response" || root.HasAttributes)
            throw new TwimlException("12200: the root is not a bare 'Response'.");
        var verbs = root.Elements().ToList();
        verbs.ForEach(Check);
        if (mustEnd && !verbs.Exists(verb => verb.Name == "Connect") && (verbs.Count == 0 || KindOf(verbs[^1]) is null))
            throw new TwimlException("The answer neither connects, rejects, dials nor hangs up.");
        return FromVerbs(verbs, body);
    }

    private static TwimlAnswer FromVerbs(List<XElement> verbs, string body)
    {
        var connect = verbs.FindIndex(verb => verb.Name == "Connect");
        if (connect < 0)
            return None with { Kind = verbs.Select(KindOf).FirstOrDefault(kind => kind is not null) ?? TwimlKind.OutOfVerbs, Before = [.. verbs.Select(ToVerb)], Xml = body };
        var stream = verbs[connect].Elements().SingleOrDefault(child => child.Name == "Stream")
            ?? throw new TwimlException("12200: 'Connect' has no 'Stream'.");
        var written = (string?)stream.Attribute("url") ?? throw new TwimlException("12200: 'Stream' has no url.");
        var parameters = stream.Elements().ToDictionary(child => Required(child, "name"), child => Required(child, "value"));
        if (parameters.FirstOrDefault(pair => pair.Key.Length + pair.Value.Length >= 500).Key is { } tooLong)
            throw new TwimlException($"'Parameter' {tooLong} has 500 characters or more.");
        var after = verbs.GetRange(connect + 1, verbs.Count - connect - 1);
        return new TwimlAnswer(
            TwimlKind.Connect, CheckedUrl(written), written, parameters, [.. verbs.Take(connect).Select(ToVerb)], [.. after.Select(ToVerb)], body)
        {
            Action = (string?)verbs[connect].Attribute("action"),
            ActionMethod = CheckedMethod((string?)verbs[connect].Attribute("method") ?? "POST"),
            Next = FromVerbs(after, body),
        };
    }

    // How a verb leaves the call; null when the next one is run.
    private static TwimlKind? KindOf(XElement verb) => verb.Name.LocalName switch
    {
        "Reject" => TwimlKind.Reject,
        "Hangup" => TwimlKind.Hangup,
        "Dial" => TwimlKind.Dial,
        _ => null,
    };

    private static string CheckedMethod(string method) =>
        method is "GET" or "POST" ? method : throw new TwimlException($"12200: '{method}' is not a method of 'Connect'.");

    private static Uri CheckedUrl(string written)
    {
        if (!Uri.TryCreate(written, UriKind.Absolute, out var url) || url.Scheme != "wss")
            throw new TwimlException($"31922: the stream's url '{written}' is not wss.");
        if (written.Contains('?') || written.Contains('#'))
            throw new TwimlException($"31920: the stream's url '{written}' has a query string, which Twilio drops.");
        return url;
    }

    // A name that Twilio does not know is its warning 12200; here it is refused.
    private static void Check(XElement element)
    {
        if (!Verbs.TryGetValue(element.Name.ToString(), out var attributes))
            throw new TwimlException($"12200: '{element.Name}' is not a verb of this service.");
        if (element.Attributes().FirstOrDefault(attribute => !attributes.Contains(attribute.Name.ToString())) is { } unknown)
            throw new TwimlException($"12200: '{element.Name}' has an unknown attribute '{unknown.Name}'.");
        string[] allowed = element.Name.LocalName switch { "Connect" => ["Stream"], "Stream" => ["Parameter"], "Dial" => ["Number", "Sip"], _ => [] };
        foreach (var child in element.Elements())
        {
            if (!allowed.Contains(child.Name.ToString()))
                throw new TwimlException($"12200: '{child.Name}' does not belong in '{element.Name}'.");
            Check(child);
        }
    }

    private static string Required(XElement element, string attribute) =>
        (string?)element.Attribute(attribute) ?? throw new TwimlException($"12200: '{element.Name}' has no {attribute}.");

    private static TwimlVerb ToVerb(XElement element) =>
        new(
            element.Name.LocalName,
            element.Attributes().ToDictionary(attribute => attribute.Name.LocalName, attribute => attribute.Value),
            element.Value);
}
