namespace Bridge.Domain.Turns;

/// <summary>A response we ask for, beside those the model makes of its own accord when the caller stops speaking.</summary>
/// <param name="Number">Its number in the call, from 1: how an answer or an error is matched to it.</param>
/// <param name="Prompt">What it is for; null to go on with the conversation as it stands.</param>
public sealed record ResponseRequest(int Number, string? Prompt);
