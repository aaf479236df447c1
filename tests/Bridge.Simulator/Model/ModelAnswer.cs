namespace Bridge.Simulator.Model;

/// <summary>One audio item of an answer: µ-law and its words.</summary>
public sealed record AnswerItem(ReadOnlyMemory<byte> Audio, string Transcript)
{
    /// <summary>One of the recordings in <see cref="Speech"/>.</summary>
    public static AnswerItem Clip(string name) => new(Speech.Clip(name), Speech.Transcript(name));

    /// <summary>An artificial voice of a given length.</summary>
    public static AnswerItem Tone(int milliseconds) => new(Speech.Tone(milliseconds), $"A tone of {milliseconds} ms.");
}

/// <summary>
/// What a response consists of and how fast it is generated. <paramref name="Speed"/> is a multiple of real time, 0 for all at once;
/// <paramref name="DeltaMs"/> is the length of one delta, a multiple of 20 ms. No items: the response only calls a tool.
/// </summary>
public sealed record ModelAnswer(IReadOnlyList<AnswerItem> Items, double Speed = 0, int DeltaMs = 200)
{
    /// <summary>
    /// Generation stands still once so much audio is out, until <see cref="FakeConversation.Continue"/> or a cancellation; null: never.
    /// </summary>
    public int? HoldAfterMs { get; init; }

    /// <summary>A response without audio, as one that calls a function.</summary>
    public static ModelAnswer ToolOnly { get; } = new([]);

    public static ModelAnswer Clips(params IEnumerable<string> names) => new([.. names.Select(AnswerItem.Clip)]);

    public static ModelAnswer Tones(params IEnumerable<int> milliseconds) => new([.. milliseconds.Select(AnswerItem.Tone)]);
}
