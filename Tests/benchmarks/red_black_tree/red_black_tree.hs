module Main (main) where

import System.Environment (getArgs)

data Color = Red | Black

data Tree = Leaf | Node !Color !Tree !Int !Bool !Tree

balanceLeft :: Tree -> Int -> Bool -> Tree -> Tree
balanceLeft (Node Red (Node Red a k v b) l w c) key value right =
  Node Red (Node Black a k v b) l w (Node Black c key value right)
balanceLeft (Node Red a k v (Node Red b l w c)) key value right =
  Node Red (Node Black a k v b) l w (Node Black c key value right)
balanceLeft left key value right = Node Black left key value right

balanceRight :: Tree -> Int -> Bool -> Tree -> Tree
balanceRight left key value (Node Red (Node Red b k v c) l w d) =
  Node Red (Node Black left key value b) k v (Node Black c l w d)
balanceRight left key value (Node Red b k v (Node Red c l w d)) =
  Node Red (Node Black left key value b) k v (Node Black c l w d)
balanceRight left key value right = Node Black left key value right

inserted :: Int -> Bool -> Tree -> Tree
inserted key value = go
  where
    go Leaf = Node Red Leaf key value Leaf
    go (Node Red left k v right) = case compare key k of
      LT -> Node Red (go left) k v right
      GT -> Node Red left k v (go right)
      EQ -> Node Red left k value right
    go (Node Black left k v right) = case compare key k of
      LT -> balanceLeft (go left) k v right
      GT -> balanceRight left k v (go right)
      EQ -> Node Black left k value right

insert :: Int -> Bool -> Tree -> Tree
insert key value tree = case inserted key value tree of
  Node _ left k v right -> Node Black left k v right
  Leaf -> Leaf

build :: Tree -> Int -> Int -> Tree
build tree 0 _ = tree
build tree n random =
  let next = insert random (random `rem` 10 == 0) tree
   in next `seq` build next (n - 1) (random * 16807 `rem` 2147483647)

count :: Tree -> Int
count Leaf = 0
count (Node _ left _ value right) = count left + (if value then 1 else 0) + count right

height :: Tree -> Int
height Leaf = 0
height (Node Red left _ _ _) = height left
height (Node Black left _ _ _) = 1 + height left

main :: IO ()
main = do
  args <- getArgs
  let tree = build Leaf (case args of { text : _ -> read text; [] -> 400000 }) 42
  putStrLn (show (count tree) ++ " " ++ show (height tree))
