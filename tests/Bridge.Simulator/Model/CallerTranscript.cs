namespace Bridge.Simulator.Model;

/// <summary>When the words of a caller's turn come.</summary>
public enum TranscriptTiming
{
    /// <summary>Right after the turn's item.</summary>
    AtOnce,

    /// <summary>Only after the response that follows has ended: the transcriber is another, slower model.</summary>
    AfterNextResponse,
}

/// <summary>
/// What transcription makes of one turn of the caller. The scripted words need not be what the caller said: nobody listens.
/// </summary>
public sealed record CallerTranscript(string Text, TranscriptTiming Timing = TranscriptTiming.AtOnce)
{
    /// <summary><c>conversation.item.input_audio_transcription.failed</c> in place of the words.</summary>
    public bool Fails { get; init; }
}
