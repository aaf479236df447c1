namespace Bridge.Domain.Playback;

/// <summary>One piece of the assistant's speech: a conversation item and the index of its audio content. It is what a truncation names.</summary>
/// <param name="ItemId">The model's name of the item.</param>
/// <param name="ContentIndex">Which content part of the item, from 0.</param>
public readonly record struct ItemKey(string ItemId, int ContentIndex);
