using System.Globalization;

namespace Bridge.Api.Doctor;

/// <summary>Text from the far end, fit for a terminal: what is no visible character could steer it.</summary>
internal static class OutsideText
{
    /// <summary>The text in one short line.</summary>
    public static string Clean(string text, int most = 100)
    {
        var visible = string.Concat(text.Take(most).Select(c => IsVisible(c) ? c : '?'));
        return text.Length > most ? visible + "…" : visible;
    }

    /// <summary>Not control characters, nor those that turn the direction of writing, nor halves of characters.</summary>
    private static bool IsVisible(char c) =>
        char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
