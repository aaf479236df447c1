namespace Bridge.Application.Abstractions;

/// <summary>What a provider knows of its own settings and their owner may not: said at start, and by the doctor.</summary>
public interface IProviderNotes
{
    /// <summary>One for each setting that will not do what its owner may expect; none while another provider answers.</summary>
    IEnumerable<SettingNote> Notes();
}

/// <summary>A setting that will not do what its owner may expect.</summary>
/// <param name="Found">What is so, without a full stop.</param>
/// <param name="Mend">What to do about it.</param>
public sealed record SettingNote(string Found, string Mend);
