namespace Bridge.Domain.Turns;

/// <summary>A response we ask for, beside those the model makes of its own accord when the caller stops speaking.</summary>
/// <param name="Number">Its number in the call, from 1: how an answer or an error is matched to it.</param>
/// <param name="Prompt">What it is for; null to go on with the conversation as it stands.</param>
public sealed record ResponseRequest(int Number, string? Prompt)
{
    /// <summary>The answer before it had no audio: ask for audio in so many words.</summary>
    public bool AudioOnly { get; init; }

    /// <summary>Asked in the place of an answer that did not come: if that one begins after all, this is not wanted.</summary>
    public bool Instead { get; init; }
}
