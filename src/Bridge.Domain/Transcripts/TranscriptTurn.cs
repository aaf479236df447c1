namespace Bridge.Domain.Transcripts;

/// <summary>Whose words.</summary>
public enum Speaker
{
    /// <summary>The person on the phone.</summary>
    Caller,

    /// <summary>The model.</summary>
    Assistant,
}

/// <summary>One item of the conversation as text.</summary>
/// <param name="ItemId">The model's name of the item.</param>
/// <param name="Speaker">Whose words.</param>
/// <param name="Heard">What the other side heard: of the caller all that was said, of the assistant what was played.</param>
/// <param name="Unheard">What the assistant was about to say when it was cut; empty for a turn that was heard whole.</param>
public sealed record TranscriptTurn(string ItemId, Speaker Speaker, string Heard, string Unheard);
