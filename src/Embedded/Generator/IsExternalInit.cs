namespace System.Runtime.CompilerServices;

/// <summary>What records need of the framework; netstandard2.0 lacks it.</summary>
internal static class IsExternalInit;
